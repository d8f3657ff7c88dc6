import { getPatiently } from "./api.js";
import { count, field, h } from "./dom.js";
import { modelCard } from "./model.js";
import { tile } from "./pictures.js";

const PAGE = 48;
const FEW = 6;
const MOST_SUGGESTED = 3;

/** The images that were stored last, in short; where there are none, something to begin with. */
export function latest(example, signal) {
  const section = h("section", { "aria-labelledby": "latest" });
  Promise.all([getPatiently(`/v1/images?limit=${FEW}`, signal, () => {}), modelCard()])
    .then(([{ images }, card]) => {
      const heading = h("h2", { id: "latest" }, images.length ? "Drawn lately" : "Nothing has been drawn yet");
      const some = images.length
        ? [
            h("ul", { class: "grid" }, ...images.map(tile)),
            h("p", {}, h("a", { href: "#/images" }, "The whole gallery")),
          ]
        : suggestions(card.examples.slice(0, MOST_SUGGESTED), example);
      section.append(heading, ...some);
    })
    .catch(() => section.remove()); // the form is what people came for; the gallery says what is wrong
  return section;
}

/** Prompts that the model is known to draw well. */
function suggestions(texts, example) {
  const buttons = texts.flatMap((text, i) => [
    i ? " or " : "",
    h("button", { type: "button", class: "quiet", onclick: () => example(text) }, text),
  ]);
  return texts.length ? [h("p", {}, "Try ", ...buttons)] : [];
}

function addressOf(form) {
  const query = new URLSearchParams();
  for (const name of ["text", "label"]) {
    if (form.elements[name].value.trim()) {
      query.set(name, form.elements[name].value.trim());
    }
  }
  return query.size ? `#/images?${query}` : "#/images";
}

/** @param {URLSearchParams} given text and label to search for */
export function galleryView(given, signal) {
  const text = h("input", {
    id: "search-text",
    name: "text",
    type: "search",
    value: given.get("text") ?? "",
    autocomplete: "off",
  });
  const label = h("input", {
    id: "search-label",
    name: "label",
    type: "search",
    value: given.get("label") ?? "",
    autocomplete: "off",
    placeholder: "name:value",
  });
  const form = h(
    "form",
    { class: "search", role: "search" },
    field("Words of the prompt", text),
    field("Label", label),
    h("button", { type: "submit" }, "Search"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.hash = addressOf(form);
  });
  const status = h("p", { role: "status" });
  const error = h("p", { class: "error", role: "alert" });
  const grid = h("ul", { class: "grid" });
  const button = h("button", { type: "button", class: "second", hidden: true }, "More");
  let cursor = null;

  const load = async () => {
    const query = new URLSearchParams(given);
    query.set("limit", PAGE);
    if (cursor) {
      query.set("cursor", cursor);
    }
    button.disabled = true;
    error.textContent = "";
    try {
      const { images, next } = await getPatiently(`/v1/images?${query}`, signal, (text) => {
        error.textContent = text;
      });
      const first = grid.children.length;
      grid.append(...images.map(tile));
      cursor = next;
      button.hidden = !next;
      status.textContent = said(grid.children.length, next, given.size > 0);
      if (first) {
        grid.children[first]?.querySelector("a").focus(); // where the reading goes on
      }
    } catch (failure) {
      if (!signal.aborted) {
        error.textContent = failure.message;
        button.hidden = false;
        button.textContent = "Try again";
        return;
      }
    } finally {
      button.disabled = false;
    }
    button.textContent = "More";
  };
  button.addEventListener("click", load);
  load();
  return {
    title: "Gallery",
    content: [h("h1", {}, "Gallery"), form, status, grid, error, h("div", { class: "actions" }, button)],
  };
}

function said(shown, next, isSearch) {
  if (!shown) {
    return isSearch ? "No recent image fits. Try fewer words." : "Nothing has been drawn yet.";
  }
  return `${count(shown, "image")}${next ? ", and there are more" : ""}, the newest first`;
}
