import { button } from "./dom.js";

/** Keeps the seed of the last job in the form, so that only what else is changed makes a difference. */

let isKept = false;
/** That of the last job, and what was put into the form. */
let last = null;
let filled = null;

/** The seed that a job was drawn with, by one of its images: image i has the seed + i, unless it was chosen. */
function seedOf(image) {
  return image.candidates > 1 ? image.seed : String(BigInt(image.seed) - BigInt(image.index));
}

export function seedLock(field) {
  const press = () => {
    isKept = !isKept;
    lock.ariaPressed = String(isKept);
    if (isKept) {
      fill();
    } else if (field().value.trim() === filled) {
      field().value = "";
    }
  };
  const lock = button("Keep it", press, { class: "quiet small", "aria-pressed": String(isKept) });
  const fill = () => {
    if (isKept && last !== null && !field().value.trim()) {
      field().value = last;
      filled = last;
    }
  };
  return {
    button: lock,
    onJob() {
      last = null;
    },
    onImage(image) {
      last ??= seedOf(image);
      fill();
    },
  };
}
