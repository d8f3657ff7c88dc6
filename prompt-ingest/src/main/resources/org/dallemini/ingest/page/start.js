import { h, mark } from "./dom.js";
import { grid } from "./model.js";

/** A picture to start from: a part of it is kept, and the model draws the rest. */

const TYPES = ["image/png", "image/jpeg", "image/webp"];
/** As much as a prompt may bring (prompt.max.prefix.bytes). */
const MOST_BYTES = 262144;
/** In the order in which they are tried, until the file is small enough. */
const ENCODINGS = [["image/png"], ["image/jpeg", 0.95], ["image/jpeg", 0.85], ["image/jpeg", 0.7]];
const SHOWN = 192;

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
 * @param {?string} lost how many rows of a picture were kept that an address could not bring along; null if there was
 *     none
 * @param {AbortSignal} signal ends it
 */
export function startingPicture(lost, signal) {
  let canvas = null;
  let most = 0;
  const file = h("input", { id: "start", type: "file", accept: TYPES.join(",") });
  const error = h("p", { class: "error", id: "start-error", role: "alert" });
  file.setAttribute("aria-describedby", "start-error start-hint");
  const rows = h("input", { id: "rows", type: "number", min: "1", inputmode: "numeric", value: lost ?? "" });
  const rowsError = h("p", { class: "error", id: "rows-error" });
  rows.setAttribute("aria-describedby", "rows-error rows-hint");
  const rowsHint = h("p", { class: "hint", id: "rows-hint" });
  const ways = { rows: "below some rows", share: "somewhere: a variation", paint: "where I paint" };
  const how = h("select", { id: "how" }, ...Object.entries(ways).map(([value, text]) => h("option", { value }, text)));
  const share = h("input", { id: "share", type: "range", min: "5", max: "95", step: "5", value: "50" });
  const painted = new Set();
  let cursor = 0;
  const thumbnail = h("canvas", { width: SHOWN, height: SHOWN, class: "thumbnail", role: "img" });
  const remove = h("button", { type: "button", class: "second" }, "Remove it");
  const chosen = h(
    "div",
    { class: "start", hidden: true },
    thumbnail,
    h(
      "div",
      {},
      h("label", { for: "how" }, "The model draws"),
      how,
      h("div", { class: "rows" }, h("label", { for: "rows" }, "Upper rows to keep"), rows, rowsError, rowsHint),
      h("div", { class: "share" }, h("label", { for: "share" }, "How much is drawn again"), share),
      h("p", { class: "hint paint" }, "Paint over the picture; by keyboard with the arrow keys and space."),
      remove,
    ),
  );
  const element = h(
    "details",
    {},
    h("summary", {}, "Start from a picture"),
    h("label", { for: "start" }, "A picture to start from"),
    file,
    error,
    h("p", { class: "hint", id: "start-hint" }, "PNG or JPEG: choose it, drop it on the form, or paste it."),
    chosen,
  );
  if (lost) {
    element.open = true;
    error.textContent = "It began with a picture, which an address cannot hold: choose it again.";
  }

  const refresh = () => {
    const cells = most + 1;
    const kept = Math.min(most, Math.max(1, Number(rows.value) || 0));
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
    const at = (offset) => Math.min(most, Math.max(0, Math.floor((offset / thumbnail.clientWidth) * (most + 1))));
    return at(event.offsetY) * (most + 1) + at(event.offsetX);
  };
  thumbnail.addEventListener("pointerdown", (event) => {
    if (how.value === "paint") {
      stroke = !painted.has(cellAt(event));
      paint(cellAt(event), stroke);
    }
  });
  thumbnail.addEventListener("pointermove", (event) => {
    if (how.value === "paint" && event.buttons) {
      paint(cellAt(event), stroke);
    }
  });
  thumbnail.addEventListener("keydown", (event) => {
    const cells = most + 1;
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
  const take = async (given) => {
    element.open = true;
    error.textContent = "";
    mark(rows, "");
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
    most = model.rows - 1;
    rows.max = String(most);
    rows.value ||= String(Math.ceil(most / 2));
    rowsHint.textContent = `1 to ${most}, as far as is known; the model draws what is below.`;
    chosen.hidden = false;
    painted.clear();
    refresh();
  };
  const drop = () => {
    canvas = null;
    file.value = "";
    rows.value = "";
    chosen.hidden = true;
    error.textContent = "";
  };
  file.addEventListener("change", () => (file.files[0] ? take(file.files[0]) : drop()));
  [rows, how].forEach((control) => control.addEventListener("input", refresh));
  remove.addEventListener("click", () => {
    drop();
    file.focus();
  });
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

  return {
    element,
    /** Lets files be dropped on an element. */
    acceptOn(target) {
      const isFile = (event) => event.dataTransfer?.types.includes("Files");
      target.addEventListener("dragover", (event) => {
        if (isFile(event)) {
          event.preventDefault();
          target.classList.add("over");
        }
      });
      ["dragleave", "drop"].forEach((name) => target.addEventListener(name, () => target.classList.remove("over")));
      target.addEventListener("drop", (event) => {
        if (isFile(event)) {
          event.preventDefault();
          take(event.dataTransfer.files[0]);
        }
      });
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
      const cells = most + 1;
      if (how.value === "paint" && (painted.size === 0 || painted.size === cells * cells)) {
        throw new Error("Paint over what shall be drawn again, and leave something as it is.");
      }
      return {
        rows: { prefix: { picture, rows: Number(rows.value) || rows.value } },
        share: { prefix: { picture }, redraw: { strength: share.value / 100 } },
        paint: { prefix: { picture }, redraw: { mask: maskOf(cells, painted) } },
      }[how.value];
    },
    /** How many rows are kept; "" if there is no picture. */
    rows: () => (canvas ? rows.value : ""),
    /** What takes the picture over into a form that comes later; null if there is none. */
    kept: () => (canvas ? { canvas, most, rows: rows.value, how: how.value, share: share.value, cells: [...painted] } : null),
    restore(before) {
      if (before) {
        ({ canvas, most } = before);
        rows.value = before.rows;
        how.value = before.how;
        share.value = before.share;
        before.cells.forEach((cell) => painted.add(cell));
        rows.max = String(most);
        element.open = true;
        chosen.hidden = false;
        error.textContent = "";
        refresh();
      }
    },
    rowsField: rows,
  };
}
