/**
 * Makes an element. Texts become text nodes, never markup.
 *
 * @param {string} tag
 * @param {object} attributes by name; a function is a listener of the event after "on"; true is an attribute without a
 *     value; null, undefined and false are left out
 * @param {...(Node|string|null)} children null is left out
 */
export function h(tag, attributes = {}, ...children) {
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
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
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
  if (message) {
    control.setAttribute("aria-invalid", "true");
  } else {
    control.removeAttribute("aria-invalid");
  }
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
