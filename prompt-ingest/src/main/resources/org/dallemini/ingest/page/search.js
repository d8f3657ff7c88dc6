import { field, h } from "./dom.js";

/**
 * A form that puts what is searched for into the address.
 *
 * @param {string} place where the address begins
 * @param {Element[]} fields with the controls, which have names
 */
export function searchForm(place, label, ...fields) {
  const form = h("form", { class: "search", role: "search" }, ...fields, h("button", { type: "submit" }, label));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = [...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value);
    location.hash = given.length ? `${place}?${new URLSearchParams(given)}` : place;
  });
  return form;
}

/** A field of it. */
export function searchField(label, name, given, attributes) {
  const value = given.get(name) ?? "";
  const control = h("input", { id: `search-${name}`, name, type: "search", value, autocomplete: "off", ...attributes });
  return field(label, control);
}

/** What the gallery is searched for: the server looks for words, labels and favourites, the page for the rest. */

export function ofServer(given) {
  return new URLSearchParams([...given].filter(([name]) => ["text", "label", "favourite"].includes(name)));
}

export function isLocal(given) {
  return given.has("seed") || given.has("day");
}

/** The day of a moment in the reader's time zone, as a field of a date has it. */
function dayOf(instant) {
  const moment = new Date(instant);
  const two = (number) => String(number).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

export function fits(image, given) {
  const isSeed = !given.has("seed") || image.seed === given.get("seed");
  return isSeed && (!given.has("day") || dayOf(image.requestedAt) === given.get("day"));
}
