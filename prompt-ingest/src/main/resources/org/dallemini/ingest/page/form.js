import { expand } from "./alternatives.js";
import { alert, count as counted, field, h, mark, say } from "./dom.js";
import { languages, modelCard } from "./model.js";
import { startingPicture } from "./start.js";

const OWN = "the model’s own";
const NUMBER = { inputmode: "numeric" };
const DECIMAL = { inputmode: "decimal", placeholder: OWN };

/** The fields below the prompt: name, label, attributes, and what else is to be said. */
const USUAL = [
  ["count", "Images", { ...NUMBER, value: "4" }],
  ["seed", "Seed", { ...NUMBER, placeholder: "random" }, "The same seed draws the same images."],
  ["guidanceScale", "Guidance", DECIMAL, "How closely to follow the text; 1 switches it off."],
];
const RARE = [
  ["negativeText", "What not to draw", { spellcheck: "true", placeholder: "nothing" }],
  ["bestOf", "Candidates", { ...NUMBER, placeholder: "no choice" }, "Draw this many for each prompt and keep the best."],
  ["temperature", "Temperature", DECIMAL, "Above 0. Lower is plainer."],
  ["topK", "Top-k", { ...NUMBER, placeholder: OWN }, "Only the k likeliest tokens. 1: always the likeliest, 0: all."],
  ["topP", "Top-p", DECIMAL, "Above 0 to 1. Only the likeliest tokens up to this probability."],
  ["labels", "Labels", { placeholder: "name:value, name:value" }, "Your own words, to find the images by."],
];
export const FIELDS = ["text", ...[...USUAL, ...RARE].map(([name]) => name)];
const SAMPLING = ["guidanceScale", "temperature", "topK", "topP"];
const NUMBERS = ["count", "bestOf", ...SAMPLING];

/** What goes into the address besides the fields: which row of which batch an image was. */
const BATCH = ["batchIndex", "batchSize"];

const BRACES =
  "Braces in the prompt draw one of each: “a {red,blue} {circle,star}” makes four prompts. \\{ is the brace itself.";

/** The limits of a job (api.max.prompts, api.max.body.bytes), and what of the latter is left for pictures. */
const MOST_PROMPTS = 256;
const MOST_PICTURE_BYTES = 600_000;

function fields(which) {
  const common = { type: "text", autocomplete: "off", spellcheck: "false" };
  const made = which.map(([name, label, attributes, hint]) =>
    field(label, h("input", { id: name, name, ...common, ...attributes }), hint),
  );
  return h("div", { class: "fields" }, ...made);
}

function rowOfBatch(given) {
  const [index, size] = BATCH.map((name) => Number(given.get(name)));
  const said = `Drawn as row ${index + 1} of a batch of ${size} of the original.`;
  return size > 1 ? h("p", { class: "hint" }, said) : null;
}

/** How many images will be made, in words; or why that cannot be said. */
function forecast(elements) {
  const text = elements.text.value;
  const each = Math.trunc(Number(elements.count.value) || 1);
  const candidates = Math.trunc(Number(elements.bestOf.value) || 0);
  let prompts;
  try {
    ({ count: prompts } = expand(text, 0));
  } catch (failure) {
    return failure.message;
  }
  if (prompts > MOST_PROMPTS) {
    return `${prompts} prompts: at most ${MOST_PROMPTS} go together.`;
  }
  const images = counted(prompts * each, "image");
  const from = prompts > 1 ? `${counted(prompts, "prompt")}, ${images}` : images;
  return candidates > each ? `${from}, the best of ${prompts * candidates}` : from;
}

/**
 * The form, filled with what the address says.
 *
 * @param {Element} besideTheSeed shown with the field of the seed
 */
export function promptForm(given, besideTheSeed, signal) {
  const text = h("textarea", { id: "text", name: "text", rows: "2", enterkeyhint: "go" });
  const usual = fields(USUAL);
  usual.children[1].append(besideTheSeed);
  const start = startingPicture(given, signal);
  const button = h("button", { type: "submit" }, "Draw");
  const makes = h("span", { class: "hint", id: "makes", "aria-live": "polite" });
  const more = h("details", h("summary", "More"), fields(RARE), h("p", { class: "hint" }, BRACES));
  const element = h(
    "form",
    { class: "draw", novalidate: true },
    field("What shall be drawn?", text, "Enter draws."),
    usual,
    more,
    start.element,
    rowOfBatch(given),
    alert({ id: "form-error" }),
    h("div", { class: "actions" }, button, makes),
  );
  start.acceptOn(element);
  for (const name of FIELDS) {
    if (given.has(name)) {
      element.elements[name].value = given.get(name);
      more.open ||= more.contains(element.elements[name]);
    }
  }
  modelCard().then((card) => {
    text.placeholder = card.examples[0] ?? "";
    if (card.languages.length) {
      element.querySelector("#text-hint").textContent = `In ${languages(card)}. Enter draws.`;
    }
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      element.requestSubmit();
    }
  });
  const tellWhatItMakes = () => say(makes, forecast(element.elements));
  element.addEventListener("input", tellWhatItMakes);
  tellWhatItMakes();
  return { element, button, more, start, tellWhatItMakes };
}

/** A number where it is one; else as it was typed, for the server to say what is wrong with it. */
function number(text) {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** The labels of "name:value, name:value"; null if it is something else. */
function labelsOf(text) {
  const pairs = text.split(",").filter((one) => one.trim());
  const labels = pairs.map((one) => /^\s*([^:\s][^:]*?)\s*:\s*(.*?)\s*$/s.exec(one)?.slice(1));
  return labels.includes(undefined) ? null : Object.fromEntries(labels);
}

/** Something wrong with what was typed; the pointer is that of a problem of the API. */
class Mistake extends Error {
  constructor(name, message) {
    super(message);
    this.pointer = `/${name}`;
  }
}

/**
 * What the form asks for, as the API has it: a prompt for each combination.
 *
 * @throws {Mistake} if that is nothing
 */
export function promptsOf({ element, start }, given) {
  const value = (name) => element.elements[name].value.trim();
  let expanded;
  try {
    expanded = expand(value("text"), MOST_PROMPTS);
  } catch (failure) {
    throw new Mistake("text", failure.message);
  }
  const { count, texts } = expanded;
  if (count > MOST_PROMPTS) {
    throw new Mistake("text", `That makes ${count} prompts, at most ${MOST_PROMPTS} go together: leave some out.`);
  }
  if (!value("text") || texts.includes("")) {
    throw new Mistake("text", "Say what shall be drawn.");
  }
  const common = { sampling: {}, labels: labelsOf(value("labels")) };
  if (!common.labels) {
    throw new Mistake("labels", "Write labels as name:value, with commas between them.");
  }
  for (const name of FIELDS.filter((one) => one !== "text" && one !== "labels" && value(one))) {
    const of = SAMPLING.includes(name) ? common.sampling : common;
    of[name] = NUMBERS.includes(name) ? number(value(name)) : value(name);
  }
  if (common.bestOf < (common.count ?? 1)) {
    throw new Mistake("bestOf", "Fewer candidates than images: make them at least as many.");
  }
  if (given.get("batchSize") > 1) {
    common.sampling.batchIndex = number(given.get("batchIndex"));
    common.sampling.batchSize = number(given.get("batchSize"));
  }
  let picture;
  try {
    picture = start.fields(MOST_PICTURE_BYTES / count);
  } catch (failure) {
    throw new Mistake("form", failure.message);
  }
  return texts.map((text) => ({ text, ...common, ...picture }));
}

/** Takes back what was said of earlier mistakes. */
export function unmark({ element, start }) {
  FIELDS.forEach((name) => mark(element.elements[name], ""));
  mark(start.rowsField, "");
  document.getElementById("form-error").textContent = "";
}

/** Puts a problem beside the field that it is about, if that can be told. */
export function tell(problem, { element, more, start }) {
  const parts = problem.pointer.split("/");
  const name = parts.find((one) => FIELDS.includes(one));
  const control = name ? element.elements[name] : parts.includes("rows") ? start.rowsField : null;
  if (!control) {
    document.getElementById("form-error").textContent = problem.message;
    return;
  }
  more.open ||= more.contains(control);
  mark(control, problem.message);
  control.focus();
}

/** Where what the form asks for can be seen again, while it is drawn and later. */
export function addressOf({ element, start }, given, job) {
  const query = new URLSearchParams();
  FIELDS.map((name) => [name, element.elements[name].value.trim()])
    .filter(([, value]) => value)
    .forEach(([name, value]) => query.set(name, value));
  BATCH.filter((name) => given.has(name)).forEach((name) => query.set(name, given.get(name)));
  start.address().forEach(([name, value]) => query.set(name, value));
  query.set("job", job);
  return `#/?${query}`;
}
