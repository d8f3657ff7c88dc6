import { editAddress } from "./commands.js";
import { deleteImage } from "./deletion.js";
import { openDialog } from "./dialogs.js";
import { button, count, h, textOf } from "./dom.js";
import { favouriteButton } from "./favourites.js";
import { addressOf, picture } from "./pictures.js";

/**
 * Shows images large, one after the other.
 *
 * @param {object[]} images those there are, in their order; more may come
 * @param {object} first shown at first
 * @param {function} closed told the image that was shown last
 * @param {function} gone told of the path of an image that is deleted, which is to leave the others
 */
export function viewLarge(images, first, closed, gone, signal) {
  let at = images.indexOf(first);
  const place = h("div", { class: "place" });
  const position = h("span", { class: "hint", "aria-live": "polite" });
  const before = button("← Previous", () => go(-1));
  const next = button("Next →", () => go(1));
  const more = h("span", { class: "action" });
  const actions = h("div", { class: "actions" }, before, next, more, position);
  const dialog = openDialog("", [place, actions], { className: "viewer", signal });
  const title = dialog.querySelector("h2");

  const leave = (path) => {
    gone(path);
    at = Math.min(at, images.length - 1);
    if (images.length) {
      show();
    } else {
      dialog.close();
    }
  };
  const show = () => {
    const image = images[at];
    title.textContent = textOf(image);
    place.replaceChildren(picture(image, {}, 8));
    more.replaceChildren(
      favouriteButton(image),
      h("a", { class: "button second", href: editAddress(image) }, "Edit"),
      deleteImage("Delete", image, leave, signal),
      h("a", { href: addressOf(image) }, "How it was drawn"),
    );
    position.textContent = `${at + 1} of ${count(images.length, "image")}`;
    before.disabled = at === 0;
    next.disabled = at === images.length - 1;
  };
  const go = (step) => {
    if (images[at + step]) {
      at += step;
      show();
      if (document.activeElement === document.body || document.activeElement?.disabled) {
        title.focus(); // the button that was pressed leads no further
      }
    }
  };
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      go(step);
    }
  });
  dialog.addEventListener("close", () => closed(images[at]));
  show();
  title.focus();
}

/** What images are compared by. */
const VALUES = {
  Prompt: (image) => textOf(image),
  "Not to be drawn": (image) => image.negativeText ?? "nothing",
  Seed: (image) => image.seed,
  Guidance: (image) => image.sampling.guidanceScale,
  Temperature: (image) => image.sampling.temperature,
  "Top-k": (image) => image.sampling.topK,
  "Top-p": (image) => image.sampling.topP,
  Model: (image) => image.tokenModel.name,
};

/** Shows two images side by side, and in what they differ. */
export function compare([left, right], signal) {
  const names = Object.keys(VALUES).filter((name) => VALUES[name](left) !== VALUES[name](right));
  const side = (image) =>
    h(
      "div",
      picture(image, {}, 8),
      h("dl", ...names.flatMap((name) => [h("dt", name), h("dd", String(VALUES[name](image) ?? "none"))])),
      h("p", h("a", { href: addressOf(image) }, "How it was drawn")),
    );
  const same = names.length ? "" : "They were drawn with the same settings.";
  const content = [h("div", { class: "sides" }, side(left), side(right)), h("p", same)];
  openDialog("Side by side", content, { className: "viewer", signal });
}
