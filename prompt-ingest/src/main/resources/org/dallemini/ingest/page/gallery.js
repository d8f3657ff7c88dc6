import { getPatiently, pathOf } from "./api.js";
import { editAddress } from "./commands.js";
import { deleteImage } from "./deletion.js";
import { alert, button, count, h, say, textOf } from "./dom.js";
import { favouriteButton } from "./favourites.js";
import { tile } from "./pictures.js";
import { fits, isLocal, ofServer, searchField, searchForm } from "./search.js";
import { selection } from "./selection.js";
import { viewLarge } from "./viewer.js";

const PAGE = 48;
/** Of those that the page itself looks through, at most so many at a time. */
const LOOKED_THROUGH = 200;
const PAGES_LOOKED_THROUGH = 5;

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
    return { images: found, isMore: cursor !== null, looked };
  };
}

function form(given) {
  return searchForm(
    "#/images",
    "Search",
    searchField("Words of the prompt", "text", given),
    searchField("Label", "label", given, { placeholder: "name:value" }),
    searchField("Seed", "seed", given, { inputmode: "numeric" }),
    searchField("Day", "day", given, { type: "date" }),
    given.has("favourite") ? h("input", { type: "hidden", name: "favourite", value: "true" }) : null,
  );
}

/** @param {URLSearchParams} given what to search for */
export function galleryView(given, signal) {
  const isFavourites = given.has("favourite");
  const status = h("p", { role: "status" });
  const error = alert();
  const load = pagesOf(given, signal, (text) => say(error, text));
  const grid = h("ul", { class: "grid" });
  const next = button("More", () => more(), { hidden: true });
  const shown = [];
  const gone = (path) => {
    const at = shown.findIndex((image) => pathOf(image) === path);
    const [image] = shown.splice(at, 1);
    grid.children[at].remove();
    selected.forget(image);
  };
  const selected = selection(gone, signal);

  const open = (image) => {
    const back = (last) => grid.children[shown.indexOf(last)]?.querySelector("a").focus();
    viewLarge(shown, image, back, gone, signal);
  };
  const entry = (image) => {
    const element = tile(image);
    const named = (what) => ({ title: what, "aria-label": `${what}: ${textOf(image)}` });
    element.append(
      selected.box(image),
      favouriteButton(image, { class: "heart" }),
      h("a", { class: "edit", href: editAddress(image), ...named("Edit") }, "✎"),
      deleteImage("✕", image, gone, signal, { class: "delete", ...named("Delete") }),
    );
    element.querySelector("a").addEventListener("click", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        open(image);
      }
    });
    return element;
  };
  const more = async () => {
    next.disabled = true;
    error.textContent = "";
    try {
      const { images, isMore, looked } = await load();
      const first = shown.length;
      shown.push(...images);
      grid.append(...images.map(entry));
      next.hidden = !isMore;
      next.textContent = "More";
      status.textContent = said(shown.length, isMore, looked, given);
      if (first) {
        grid.children[first]?.querySelector("a").focus(); // where the reading goes on
      }
    } catch (failure) {
      if (!signal.aborted) {
        error.textContent = failure.message;
        next.hidden = false;
        next.textContent = "Try again";
      }
    } finally {
      next.disabled = false;
    }
  };
  more();
  const other = isFavourites
    ? h("a", { href: "#/images" }, "All images")
    : h("a", { href: "#/images?favourite=true" }, "Favourites");
  return {
    title: isFavourites ? "Favourites" : "Gallery",
    content: [
      h("h1", isFavourites ? "Favourites" : "Gallery"),
      form(given),
      h("p", other),
      status,
      grid,
      error,
      h("div", { class: "actions" }, next),
      selected.bar,
    ],
  };
}

function said(shown, isMore, looked, given) {
  const among = isLocal(given) ? ` Seed and day were looked for among the ${looked} newest.` : "";
  if (shown) {
    return `${count(shown, "image")}${isMore ? ", and there are more" : ""}, the newest first${among ? `.${among}` : ""}`;
  }
  if (given.has("favourite") && given.size === 1) {
    return "None yet: ♡ on an image marks it.";
  }
  const advice = isMore ? "More looks on." : "Try fewer words.";
  return given.size ? `No recent image fits. ${advice}${among}` : "Nothing has been drawn yet.";
}
