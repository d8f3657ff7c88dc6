/**
 * Makes an element: its attributes, which may be left out, and its children. Texts become text nodes, never markup.
 *
 * @param {string} tag
 * @param {...(object|Node|string|null)} parts attributes by name: a function is a listener of the event after "on",
 *     true an attribute without a value; null, undefined and false are left out, as are children that are null
 */
export function h(tag, ...parts) {
  const attributes = parts[0]?.constructor === Object ? parts.shift() : {};
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...parts.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button that is not the first thing to press. */
export function button(label, onclick, attributes = {}) {
  return h("button", { type: "button", class: "second", onclick, ...attributes }, label);
}

/** A place for what is wrong, which is said aloud. */
export function alert(attributes = {}) {
  return h("p", { class: "error", role: "alert", ...attributes });
}

/** Puts a text into a place that is said aloud when it changes. */
export function say(place, text) {
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

/**
 * A button that does something which takes time or fails, and beside it what it says.
 *
 * @param {function} work given a function that takes what to say
 */
export function worker(label, work, attributes = {}) {
  const said = h("span", { class: "hint", "aria-live": "polite" });
  const error = h("span", { class: "error", role: "alert" });
  const start = async () => {
    starter.disabled = true;
    error.textContent = said.textContent = "";
    try {
      await work((text) => say(said, text));
    } catch (failure) {
      error.textContent = failure.message;
    } finally {
      starter.disabled = false;
    }
  };
  const starter = button(label, start, attributes);
  return [starter, said, error];
}

/** A field with its label above and a place for what is wrong with it below. */
export function field(label, control, hint) {
  const error = h("p", { class: "error", id: `${control.id}-error` });
  const note = hint ? h("p", { class: "hint", id: `${control.id}-hint` }, hint) : null;
  control.setAttribute("aria-describedby", note ? `${error.id} ${note.id}` : error.id);
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control, error, note);
}

/** Says, beside a control, what is wrong with it; nothing if the message is empty. */
export function mark(control, message) {
  document.getElementById(`${control.id}-error`).textContent = message;
  control.ariaInvalid = message ? "true" : null;
}

/**
 * A list of what went wrong.
 *
 * @param {Array[]} entries each what it is about, and what is said of it
 * @param {number} more there are, which are not listed
 */
export function failureList(entries, more) {
  const items = entries.map(([subject, ...said]) => h("li", h("strong", subject), " ", ...said));
  return h("ul", { class: "failures" }, ...items, more > 0 ? h("li", `and ${more} more`) : null);
}

/** What an image shows, in words. */
export function textOf({ text }) {
  return text || "(empty prompt)";
}

/** A moment, in the words of the reader's place. */
export function time(instant) {
  const moment = new Date(instant);
  const text = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" }).format(moment);
  return h("time", { datetime: instant }, text);
}

/** A length of time for people. */
export function duration(millis) {
  if (millis < 1000) {
    return `${Math.max(0, Math.round(millis))} ms`;
  }
  const seconds = millis / 1000;
  if (seconds < 120) {
    return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/** A length of time that is estimated: without fractions, which nobody knows. */
export function about(millis) {
  return `about ${millis < 10_000 ? `${Math.max(1, Math.round(millis / 1000))} s` : duration(millis)}`;
}

/** What drawing took, for people: estimates, as whoever made them says. */
export function footprint({ energyJoules, co2eGrams }) {
  const energy = energyJoules < 3600 ? `${digits(energyJoules)} J` : `${digits(energyJoules / 3600)} Wh`;
  const gases = co2eGrams < 0.1 ? `${digits(co2eGrams * 1000)} mg` : `${digits(co2eGrams)} g`;
  return `about ${energy}, ${gases} CO₂e`;
}

function digits(number) {
  return Number(number.toPrecision(2)).toString();
}

/** A number with its noun. */
export function count(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}
