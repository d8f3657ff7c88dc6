import { get, getPatiently, passes } from "./api.js";
import { count, field, h } from "./dom.js";
import { favouriteButton, favouritePaths } from "./favourites.js";
import { tile } from "./pictures.js";
import { fits, isLocal, NAMES, ofServer } from "./search.js";
import { selection } from "./selection.js";
import { viewLarge } from "./viewer.js";

const PAGE = 48;
/** Of those that the page itself looks through, at most so many at a time. */
const LOOKED_THROUGH = 200;
const PAGES_LOOKED_THROUGH = 5;

function addressOf(form) {
  const query = new URLSearchParams();
  for (const name of NAMES) {
    if (form.elements[name].value.trim()) {
      query.set(name, form.elements[name].value.trim());
    }
  }
  return query.size ? `#/images?${query}` : "#/images";
}

function searchField(label, name, given, attributes) {
  const value = given.get(name) ?? "";
  const id = `search-${name}`;
  return field(label, h("input", { id, name, type: "search", value, autocomplete: "off", ...attributes }));
}

function searchForm(given) {
  const form = h(
    "form",
    { class: "search", role: "search" },
    searchField("Words of the prompt", "text", given),
    searchField("Label", "label", given, { placeholder: "name:value" }),
    searchField("Seed", "seed", given, { inputmode: "numeric" }),
    searchField("Day", "day", given, { type: "date" }),
    h("button", { type: "submit" }, "Search"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.hash = addressOf(form);
  });
  return form;
}

/**
 * Images in pages: each call gives the next ones, and whether there are more.
 *
 * @param {function} onTrouble told what is wrong at present
 */
function pagesOf(given, signal, onTrouble) {
  let cursor = null;
  let looked = 0;
  const size = isLocal(given) ? LOOKED_THROUGH : PAGE;
  return async () => {
    const found = [];
    for (let page = 0; page < PAGES_LOOKED_THROUGH; page++) {
      const query = ofServer(given);
      query.set("limit", size);
      if (cursor) {
        query.set("cursor", cursor);
      }
      const { images, next } = await getPatiently(`/v1/images?${query}`, signal, onTrouble);
      found.push(...images.filter((image) => fits(image, given)));
      cursor = next;
      looked += images.length;
      if (!next || found.length >= PAGE || !isLocal(given)) {
        break;
      }
    }
    return { images: found, next: cursor !== null, looked };
  };
}

/** The favourites of this browser, those that are still known. */
function favourites(signal) {
  const paths = favouritePaths();
  return async () => {
    const asked = paths.slice(0, PAGE).map((path) =>
      get(path, signal).catch((failure) => {
        if (passes(failure) || signal.aborted) {
          throw failure;
        }
        return null; // forgotten by now
      }),
    );
    const images = (await Promise.all(asked)).filter(Boolean);
    paths.splice(0, PAGE);
    return { images, next: paths.length > 0, looked: images.length };
  };
}

/** @param {URLSearchParams} given what to search for; or favourites, to see those */
export function galleryView(given, signal) {
  const isFavourites = given.has("favourites");
  const status = h("p", { role: "status" });
  const error = h("p", { class: "error", role: "alert" });
  const onTrouble = (text) => {
    error.textContent = text;
  };
  const load = isFavourites ? favourites(signal) : pagesOf(given, signal, onTrouble);
  const grid = h("ul", { class: "grid" });
  const button = h("button", { type: "button", class: "second", hidden: true }, "More");
  const shown = [];
  const selected = selection(signal);

  const open = (image) => {
    const back = (last) => grid.children[shown.indexOf(last)]?.querySelector("a").focus();
    viewLarge(() => shown, image, back, signal);
  };
  const entry = (image) => {
    const element = tile(image);
    element.append(selected.box(image), favouriteButton(image, { class: "heart" }));
    element.querySelector("a").addEventListener("click", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        open(image);
      }
    });
    return element;
  };
  const more = async () => {
    button.disabled = true;
    error.textContent = "";
    try {
      const { images, next, looked } = await load();
      const first = shown.length;
      shown.push(...images);
      grid.append(...images.map(entry));
      button.hidden = !next;
      status.textContent = said(shown.length, next, looked, given);
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
  button.addEventListener("click", more);
  more();
  const other = isFavourites
    ? h("a", { href: "#/images" }, "All images")
    : h("a", { href: "#/images?favourites=1" }, "Favourites of this browser");
  return {
    title: isFavourites ? "Favourites" : "Gallery",
    content: [
      h("h1", {}, isFavourites ? "Favourites" : "Gallery"),
      ...(isFavourites ? [] : [searchForm(given)]),
      h("p", {}, other),
      status,
      grid,
      error,
      h("div", { class: "actions" }, button),
      selected.bar,
    ],
  };
}

function said(shown, next, looked, given) {
  if (given.has("favourites")) {
    return shown ? `${count(shown, "image")} marked in this browser` : "None yet: ♡ on an image marks it.";
  }
  const among = isLocal(given) ? ` Seed and day were looked for among the ${looked} newest.` : "";
  if (!shown) {
    const is = given.size > 0 ? `No recent image fits. ${next ? "More looks on." : "Try fewer words."}` : "";
    return is ? `${is}${among}` : "Nothing has been drawn yet.";
  }
  return `${count(shown, "image")}${next ? ", and there are more" : ""}, the newest first${among ? `.${among}` : ""}`;
}
