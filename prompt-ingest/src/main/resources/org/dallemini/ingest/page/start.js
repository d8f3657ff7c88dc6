import { imagePath, request } from "./api.js";
import { button, field, h } from "./dom.js";
import { grid } from "./model.js";

/** A picture to start from: a part of it is kept, and the model draws the rest. */

const TYPES = ["image/png", "image/jpeg", "image/webp"];
/** As much as a prompt may bring (prompt.max.prefix.bytes). */
const MOST_BYTES = 262144;
/** In the order in which they are tried, until the file is small enough. */
const ENCODINGS = [["image/png"], ["image/jpeg", 0.95], ["image/jpeg", 0.85], ["image/jpeg", 0.7]];
const SHOWN = 256;
const WAYS = { rows: "below some rows", share: "somewhere: a variation", paint: "where I paint" };

/** Base64 of a canvas as a file that is small enough; null if none is. */
function encode(canvas, most) {
  for (const [type, quality] of ENCODINGS) {
    const base64 = canvas.toDataURL(type, quality).split(",")[1];
    if ((base64.length / 4) * 3 <= Math.min(most, MOST_BYTES)) {
      return base64;
    }
  }
  return null;
}

/** The middle of a picture as a square of the model's size, which is what the server would make of it. */
function squared(bitmap, width) {
  const canvas = h("canvas", { width, height: width });
  const side = Math.min(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#fff"; // behind what is transparent
  context.fillRect(0, 0, width, width);
  context.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, width, width);
  return canvas;
}

/** Shows the picture, with a veil over the cells of its grid that are drawn. */
function show(thumbnail, canvas, cells, isDrawn) {
  const context = thumbnail.getContext("2d");
  const side = SHOWN / cells;
  context.imageSmoothingEnabled = canvas.width > SHOWN;
  context.drawImage(canvas, 0, 0, SHOWN, SHOWN);
  context.fillStyle = "rgb(128 128 128 / 80%)";
  for (let cell = 0; cell < cells * cells; cell++) {
    if (isDrawn(cell)) {
      context.fillRect((cell % cells) * side, Math.floor(cell / cells) * side, side, side);
    }
  }
}

/** A file that is transparent where the picture is drawn again: a pixel for each cell. */
function maskOf(cells, painted) {
  const mask = h("canvas", { width: cells, height: cells });
  const context = mask.getContext("2d");
  context.fillRect(0, 0, cells, cells);
  painted.forEach((cell) => context.clearRect(cell % cells, Math.floor(cell / cells), 1, 1));
  return mask.toDataURL("image/png").split(",")[1];
}

/**
 * The part of the form for it.
 *
 * @param {URLSearchParams} given job and id of an image to edit; or how many rows were kept of a picture, which an
 *     address could not bring along
 */
export function startingPicture(given, signal) {
  const lost = given.get("rows");
  let edited = null;
  let canvas = null;
  let cells = 0; // of each row and column of the model's grid
  const file = h("input", { id: "start", type: "file", accept: TYPES.join(",") });
  const chooser = field("A picture to start from", file, "PNG or JPEG: choose it, drop it on the form, or paste it.");
  const error = chooser.querySelector(".error");
  error.role = "alert";
  const rows = h("input", { id: "rows", type: "number", min: "1", inputmode: "numeric", value: lost ?? "" });
  const rowsField = field("Upper rows to keep", rows, " ");
  const how = h("select", { id: "how" }, ...Object.entries(WAYS).map(([value, text]) => h("option", { value }, text)));
  const share = h("input", { id: "share", type: "range", min: "5", max: "95", step: "5", value: "50" });
  const painted = new Set();
  let cursor = 0;
  const thumbnail = h("canvas", { width: SHOWN, height: SHOWN, class: "thumbnail", role: "img" });
  const remove = button("Remove it", () => {
    drop();
    file.focus();
  });
  const chosen = h(
    "div",
    { class: "start", hidden: true },
    thumbnail,
    h(
      "div",
      field("The model draws", how),
      h("div", { class: "rows" }, rowsField),
      h("div", { class: "share" }, field("How much is drawn again", share)),
      h("p", { class: "hint paint" }, "Paint over the picture; by keyboard with the arrow keys and space."),
      remove,
    ),
  );
  const element = h(
    "details",
    h("summary", "Start from a picture"),
    chooser,
    chosen,
  );
  const refresh = () => {
    const kept = Math.min(cells - 1, Math.max(1, Number(rows.value) || 0));
    const isPainting = how.value === "paint";
    chosen.dataset.how = how.value;
    thumbnail.tabIndex = isPainting ? 0 : -1;
    thumbnail.role = isPainting ? "application" : "img";
    show(thumbnail, canvas, cells, (cell) => (how.value === "rows" ? cell >= kept * cells : isPainting && painted.has(cell)));
    if (isPainting) {
      const side = SHOWN / cells;
      thumbnail.getContext("2d").strokeRect((cursor % cells) * side, Math.floor(cursor / cells) * side, side, side);
    }
    const said = {
      rows: `The picture, of which the upper ${kept} of ${cells} rows are kept`,
      share: "The picture, parts of which are drawn again",
      paint: `The picture, of which ${painted.size} of ${cells * cells} cells are drawn again; row ${Math.floor(cursor / cells) + 1}, column ${(cursor % cells) + 1}`,
    };
    thumbnail.setAttribute("aria-label", said[how.value]);
  };
  const paint = (cell, isDrawn) => {
    cursor = cell;
    painted[isDrawn ? "add" : "delete"](cell);
    refresh();
  };
  let stroke = true;
  const cellAt = (event) => {
    const at = (offset) => Math.min(cells - 1, Math.max(0, Math.floor((offset / thumbnail.clientWidth) * cells)));
    return at(event.offsetY) * cells + at(event.offsetX);
  };
  ["pointerdown", "pointermove"].forEach((type) =>
    thumbnail.addEventListener(type, (event) => {
      if (how.value === "paint" && event.buttons) {
        stroke = type === "pointerdown" ? !painted.has(cellAt(event)) : stroke;
        paint(cellAt(event), stroke);
      }
    }),
  );
  thumbnail.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -cells, ArrowDown: cells }[event.key];
    if (how.value === "paint" && (step || event.key === " ")) {
      event.preventDefault();
      cursor = Math.min(cells * cells - 1, Math.max(0, cursor + (step ?? 0)));
      if (!step) {
        paint(cursor, !painted.has(cursor));
      }
      refresh();
    }
  });
  const reveal = () => {
    rows.max = String(cells - 1);
    element.open = true;
    chosen.hidden = false;
    refresh();
  };
  const take = async (given, image = null) => {
    element.open = true;
    error.textContent = "";
    edited = image;
    if (!TYPES.includes(given.type)) {
      error.textContent = `${given.name} is neither PNG nor JPEG: save it as one of them.`;
      return;
    }
    let bitmap;
    try {
      bitmap = await createImageBitmap(given);
    } catch {
      error.textContent = `${given.name} cannot be read as a picture: try another file.`;
      return;
    }
    const model = await grid();
    canvas = squared(bitmap, model.width);
    bitmap.close();
    cells = model.rows;
    rows.value ||= String(Math.floor(cells / 2));
    rowsField.querySelector(".hint").textContent = `1 to ${cells - 1}, as far as is known; the model draws what is below.`;
    painted.clear();
    reveal();
  };
  const edit = async (image) => {
    const [job, ...id] = image.split("/");
    try {
      const response = await request(`${imagePath(job, id.join("/"))}/content`, { signal });
      const picture = await response.blob();
      if (!canvas) {
        how.value = "paint";
        await take(picture, image);
      }
    } catch (failure) {
      element.open = true;
      error.textContent = signal.aborted ? "" : failure.message;
    }
  };
  const drop = () => {
    canvas = edited = null;
    file.value = "";
    rows.value = "";
    chosen.hidden = true;
    error.textContent = "";
  };
  file.addEventListener("change", () => (file.files[0] ? take(file.files[0]) : drop()));
  [rows, how].forEach((control) => control.addEventListener("input", refresh));
  addEventListener(
    "paste",
    (event) => {
      const data = event.clipboardData;
      const given = [...(data?.files ?? [])].find(({ type }) => type.startsWith("image/"));
      const isText = data?.types.includes("text/plain"); // of which some programs give a picture too
      if (given && !isText && !document.querySelector("dialog[open]")) {
        event.preventDefault();
        take(given);
      }
    },
    { signal },
  );

  if (given.has("edit")) {
    edit(given.get("edit"));
  } else if (lost) {
    element.open = true;
    error.textContent = "It began with a picture, which an address cannot hold: choose it again.";
  }

  return {
    element,
    /** Lets files be dropped on an element. */
    acceptOn(target) {
      ["dragover", "dragleave", "drop"].forEach((type) =>
        target.addEventListener(type, (event) => {
          const isFile = type !== "dragleave" && Boolean(event.dataTransfer?.types.includes("Files"));
          target.classList.toggle("over", isFile && type === "dragover");
          if (isFile) {
            event.preventDefault();
          }
          if (isFile && type === "drop") {
            take(event.dataTransfer.files[0]);
          }
        }),
      );
    },
    /**
     * What a prompt says of the picture; nothing if there is none.
     *
     * @param {number} bytes as much as its picture may take
     * @throws {Error} if it takes more however it is encoded, or nothing is painted
     */
    fields(bytes) {
      if (!canvas) {
        return {};
      }
      const picture = encode(canvas, bytes);
      if (!picture) {
        throw new Error("The picture goes with every prompt, and together they are too large: draw fewer combinations.");
      }
        if (how.value === "paint" && (painted.size === 0 || painted.size === cells * cells)) {
        throw new Error("Paint over what shall be drawn again, and leave something as it is.");
      }
      return {
        rows: { prefix: { picture, rows: Number(rows.value) || rows.value } },
        share: { prefix: { picture }, redraw: { strength: share.value / 100 } },
        paint: { prefix: { picture }, redraw: { mask: maskOf(cells, painted) } },
      }[how.value];
    },
    /** What an address can say of the picture: an image of the server's by its name, of another how many rows are kept. */
    address: () => (!canvas ? [] : edited ? [["edit", edited]] : [["rows", rows.value]]),
    /** What takes the picture over into a form that comes later; null if there is none. */
    kept: () => (canvas ? { edited, canvas, cells, rows: rows.value, how: how.value, share: share.value, painted: [...painted] } : null),
    restore(before) {
      if (before) {
        ({ edited, canvas, cells } = before);
        rows.value = before.rows;
        how.value = before.how;
        share.value = before.share;
        before.painted.forEach((cell) => painted.add(cell));
        error.textContent = "";
        reveal();
      }
    },
    rowsField: rows,
  };
}
