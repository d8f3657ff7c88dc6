import { h, mark } from "./dom.js";
import { grid } from "./model.js";

/** A picture to start from: its upper rows are kept, and the model draws the rest. */

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

/** Shows which rows are kept: the others are veiled. */
function show(thumbnail, canvas, kept) {
  const context = thumbnail.getContext("2d");
  const y = Math.round(SHOWN * kept);
  context.imageSmoothingEnabled = canvas.width > SHOWN;
  context.drawImage(canvas, 0, 0, SHOWN, SHOWN);
  context.fillStyle = "rgb(128 128 128 / 80%)";
  context.fillRect(0, y, SHOWN, SHOWN - y);
  context.fillStyle = "#fff";
  context.fillRect(0, y - 1, SHOWN, 2);
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
  const thumbnail = h("canvas", { width: SHOWN, height: SHOWN, class: "thumbnail", role: "img" });
  const remove = h("button", { type: "button", class: "second" }, "Remove it");
  const chosen = h(
    "div",
    { class: "start", hidden: true },
    thumbnail,
    h("div", {}, h("label", { for: "rows" }, "Upper rows to keep"), rows, rowsError, rowsHint, remove),
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
    const kept = Math.min(most, Math.max(1, Number(rows.value) || 0));
    show(thumbnail, canvas, kept / (most + 1));
    thumbnail.setAttribute("aria-label", `The picture, of which the upper ${kept} of ${most + 1} rows are kept`);
  };
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
  rows.addEventListener("input", refresh);
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
     * The field `prefix` of a prompt; null if there is no picture.
     *
     * @param {number} bytes as much as its picture may take
     * @throws {Error} if it takes more however it is encoded
     */
    prefix(bytes) {
      if (!canvas) {
        return null;
      }
      const picture = encode(canvas, bytes);
      if (!picture) {
        throw new Error("The picture goes with every prompt, and together they are too large: draw fewer combinations.");
      }
      return { picture, rows: Number(rows.value) || rows.value };
    },
    /** How many rows are kept; "" if there is no picture. */
    rows: () => (canvas ? rows.value : ""),
    /** What takes the picture over into a form that comes later; null if there is none. */
    kept: () => (canvas ? { canvas, most, rows: rows.value } : null),
    restore(before) {
      if (before) {
        ({ canvas, most } = before);
        rows.value = before.rows;
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
