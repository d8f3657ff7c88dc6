import { openDialog } from "./dialogs.js";
import { count, h } from "./dom.js";
import { favouriteButton } from "./favourites.js";
import { addressOf, picture } from "./pictures.js";

/**
 * Shows images large, one after the other.
 *
 * @param {function} images gives those there are, in their order
 * @param {object} first shown at first
 * @param {function} closed told the image that was shown last
 * @param {AbortSignal} signal ends it
 */
export function viewLarge(images, first, closed, signal) {
  let at = images().indexOf(first);
  const place = h("div", { class: "place" });
  const position = h("span", { class: "hint", "aria-live": "polite" });
  const before = h("button", { type: "button", class: "second", onclick: () => go(-1) }, "← Previous");
  const next = h("button", { type: "button", class: "second", onclick: () => go(1) }, "Next →");
  const more = h("span", { class: "action" });
  const dialog = openDialog(
    "",
    [place, h("div", { class: "actions" }, before, next, more, position)],
    { className: "viewer", signal },
  );
  const title = dialog.querySelector("h2");

  const show = () => {
    const image = images()[at];
    const all = images().length;
    title.textContent = image.text || "(empty prompt)";
    place.replaceChildren(picture(image, {}, 8));
    more.replaceChildren(favouriteButton(image), h("a", { href: addressOf(image) }, "How it was drawn"));
    position.textContent = `${at + 1} of ${count(all, "image")}`;
    before.disabled = at === 0;
    next.disabled = at === all - 1;
  };
  const go = (step) => {
    if (images()[at + step]) {
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
  dialog.addEventListener("close", () => closed(images()[at]));
  show();
  title.focus();
}

/** What images are compared by. */
const VALUES = {
  Prompt: (image) => image.text || "(empty prompt)",
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
      {},
      picture(image, {}, 8),
      h("dl", {}, ...names.flatMap((name) => [h("dt", {}, name), h("dd", {}, String(VALUES[name](image) ?? "none"))])),
      h("p", {}, h("a", { href: addressOf(image) }, "How it was drawn")),
    );
  const same = names.length ? [] : [h("p", {}, "They were drawn with the same settings.")];
  openDialog("Side by side", [h("div", { class: "sides" }, side(left), side(right)), ...same], {
    className: "viewer",
    signal,
  });
}
