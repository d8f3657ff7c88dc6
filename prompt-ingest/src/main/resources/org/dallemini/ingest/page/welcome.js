import { getPatiently } from "./api.js";
import { button, h } from "./dom.js";
import { modelCard } from "./model.js";
import { picture, tile } from "./pictures.js";

const FEW = 6;
const MOST_SUGGESTED = 3;
/** Among so many of the newest images different prompts are looked for. */
const LOOKED_THROUGH = 96;

/**
 * The images that were stored last, in short; where there are none, something to begin with.
 *
 * @param {boolean} isFirstVisit whether whoever is here may not know yet what the model draws
 * @param {function} example takes a prompt over into the form
 */
export function somePictures(isFirstVisit, example, signal) {
  const section = h("section", { "aria-labelledby": "latest" });
  Promise.all([getPatiently(`/v1/images?limit=${FEW}`, signal, () => {}), modelCard()])
    .then(async ([{ images }, card]) => {
      if (!images.length) {
        section.append(heading("Nothing has been drawn yet"), ...suggestions(card.examples, example));
      } else if (isFirstVisit) {
        const { images: more } = await getPatiently(`/v1/images?limit=${LOOKED_THROUGH}`, signal, () => {});
        section.append(heading("What this model draws"), ...introduced(more, example));
      } else {
        section.append(heading("Drawn lately"), h("ul", { class: "grid" }, ...images.map(tile)));
      }
      if (images.length) {
        section.append(h("p", h("a", { href: "#/images" }, "The whole gallery")));
      }
    })
    .catch(() => section.remove()); // the form is what people came for; the gallery says what is wrong
  return section;
}

function heading(text) {
  return h("h2", { id: "latest" }, text);
}

/** The newest pictures of different prompts, which take their prompt over into the form. */
function introduced(images, example) {
  const byText = new Map();
  for (const image of images.filter((one) => one.text.trim() && !one.hasPrefix)) {
    if (!byText.has(image.text)) {
      byText.set(image.text, image);
    }
  }
  const items = [...byText.values()].slice(0, MOST_SUGGESTED).map((image) => {
    const taker = button(image.text, () => example(image.text), { class: "example" });
    taker.prepend(picture(image, { loading: "lazy", alt: "" }));
    return h("li", taker);
  });
  return [h("p", { class: "hint" }, "Click one to begin with its words."), h("ul", { class: "grid" }, ...items)];
}

/** Prompts that the model is known to draw well. */
function suggestions(texts, example) {
  const chips = texts
    .slice(0, MOST_SUGGESTED)
    .map((text) => button(text, () => example(text), { class: "chip" }));
  return chips.length ? [h("p", "Try one of these:"), h("div", { class: "chips" }, ...chips)] : [];
}
