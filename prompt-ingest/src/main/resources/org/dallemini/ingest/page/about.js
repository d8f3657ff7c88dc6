import { h } from "./dom.js";

function outside(address, text) {
  return h("a", { href: address, rel: "noreferrer" }, text);
}

export function aboutView() {
  return {
    title: "About",
    content: [
      h("h1", {}, "About"),
      h(
        "div",
        { class: "prose" },
        h(
          "p",
          {},
          "You write a sentence, and a model draws pictures of it. BART, a language model, turns the words into the tokens of an image; a VQGAN decodes the tokens to pixels. The models are DALL·E mini and DALL·E Mega by Boris Dayma and others (2021), ",
          outside("https://doi.org/10.5281/zenodo.5146400", "doi:10.5281/zenodo.5146400"),
          ". Which model drew a picture stands on the picture’s page. The small model “shapes” draws coloured shapes and nothing else.",
        ),
        h("h2", {}, "What it is bad at"),
        h(
          "ul",
          {},
          h("li", {}, "It reads English only. Other languages give pictures that have little to do with the words."),
          h("li", {}, "It draws people and faces poorly."),
        ),
        h("h2", {}, "What to beware of"),
        h(
          "ul",
          {},
          h(
            "li",
            {},
            "It learned from unfiltered pictures and captions of the internet. It repeats and exaggerates the stereotypes that it found there.",
          ),
          h(
            "li",
            {},
            "It can draw what hurts or insults. There is no filter of content here: put one before you show pictures to others.",
          ),
          h("li", {}, "Its authors ask that its pictures not be used to mislead or to harm."),
        ),
        h("h2", {}, "What stands in a picture"),
        h(
          "p",
          {},
          "Every file says in its metadata that it was generated, by which model, from which text and seed. Who has the file can read the prompt. Everybody who may use this server sees all prompts and pictures.",
        ),
      ),
    ],
  };
}
