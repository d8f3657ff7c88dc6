import { h } from "./dom.js";
import { languages, modelCard } from "./model.js";

function list(title, sentences) {
  return sentences.length ? [h("h2", title), h("ul", ...sentences.map((one) => h("li", one)))] : [];
}

function fact(name, value) {
  return value ? [h("dt", name), h("dd", value)] : [];
}

function outside(address) {
  return address ? h("a", { href: address, rel: "noreferrer" }, address.replace("https://", "")) : null;
}

/** What the model's own card says of it. */
function told(card) {
  if (!card.name) {
    return [h("p", "Which model draws here is not known yet: nothing has been drawn.")];
  }
  const facts = [
    ...fact("Reads", languages(card)),
    ...fact("Learned from", card.trainingData),
    ...fact("Licence", card.licence),
    ...fact("Emissions", card.emissions),
    ...fact("More of it", outside(card.source)),
  ];
  return [
    h("p", `The model that draws here is ${card.name}. ${card.description}`),
    ...(card.description ? [] : [h("p", "Nothing more is known of it here: it has no model card.")]),
    ...list("Its limits", card.limits),
    ...list("What to beware of", [
      ...card.biases,
      "Filters refuse some prompts and pictures, if whoever runs this has not switched them off. They miss much: look at pictures before you show them to others.",
    ]),
    ...list("What it was made for", card.intendedUses),
    ...list("What it shall not be used for", card.excludedUses),
    ...(facts.length ? [h("dl", ...facts)] : []),
  ];
}

export function aboutView() {
  const model = h("div");
  modelCard().then((card) => model.append(...told(card)));
  return {
    title: "About",
    content: [
      h("h1", "About"),
      h(
        "div",
        { class: "prose" },
        h(
          "p",
          "You write a sentence, and a model draws pictures of it. BART, a language model, turns the words into the tokens of an image; a VQGAN decodes the tokens to pixels, as in DALL·E mini by Boris Dayma and others (2021), ",
          h("a", { href: "https://doi.org/10.5281/zenodo.5146400", rel: "noreferrer" }, "doi:10.5281/zenodo.5146400"),
          ". Which model drew a picture stands on the picture’s page.",
        ),
        model,
        h("h2", "What stands in a picture"),
        h(
          "p",
          "Every file says in its metadata that it was generated, by which model, from which text and seed. Who has the file can read the prompt. Everybody who may use this server sees all prompts and pictures.",
        ),
      ),
    ],
  };
}
