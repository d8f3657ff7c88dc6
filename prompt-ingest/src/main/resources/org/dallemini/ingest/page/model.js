import { get, send } from "./api.js";
import { h } from "./dom.js";

const NOTHING = { description: "", languages: [], examples: [], limits: [], biases: [], intendedUses: [], excludedUses: [] };
let known = null;

/** What the server knows of the model that draws; it has no name as long as that is nothing. */
export function modelCard() {
  known ??= send("/v1/model-card")
    .then((response) => (response.ok ? response.json() : NOTHING))
    .catch(() => NOTHING)
    .then((card) => {
      if (!card.name) {
        known = null; // the first image will tell
      }
      return card;
    });
  return known;
}

/** Rows of tokens, by a preview that was seen. */
let rows = null;

export function learnRows(seen) {
  rows = seen;
}

/** The width of the model's pictures, and how many rows of tokens they have, as far as that can be told. */
export async function grid() {
  const newest = await get("/v1/images?limit=1").catch(() => ({ images: [] }));
  const width = newest.images[0]?.width ?? 256;
  return { width, rows: rows ?? width / (width < 256 ? 8 : 16) };
}

/** Of the languages that the model reads, in words; "" if they are not known. */
export function languages(card) {
  const names = new Intl.DisplayNames(["en"], { type: "language" });
  return card.languages.map((tag) => names.of(tag)).join(" or ");
}

/** Says below every page what draws the pictures. */
export async function tellBelow(paragraph) {
  const card = await modelCard();
  const sentences = card.name
    ? [`Pictures are drawn here by the model ${card.name}.`, card.description, ...card.biases.slice(0, 1)]
    : ["Pictures are drawn here by a model."];
  const text = [...sentences, "Its filters miss much."].filter(Boolean).join(" ");
  const link = h("a", { href: "#/about" }, card.biases.length ? "Its limits and biases" : "About it");
  paragraph.replaceChildren(`${text} `, link);
}
