import { expand } from "./alternatives.js";
import { count as counted, field, h, mark } from "./dom.js";
import { languages, modelCard } from "./model.js";
import { startingPicture } from "./start.js";

/** The fields of the form: where each goes in a prompt, and what stands in it where nothing is said. */
export const FIELDS = [
  "text",
  "count",
  "seed",
  "guidanceScale",
  "bestOf",
  "negativeText",
  "temperature",
  "topK",
  "topP",
  "labels",
];
const SAMPLING = ["guidanceScale", "temperature", "topK", "topP"];
const NUMBERS = ["count", "bestOf", ...SAMPLING];

/** What goes into the address besides the fields: which row of which batch an image was. */
const BATCH = ["batchIndex", "batchSize"];

/** The limits of a job (api.max.prompts, api.max.body.bytes), and what of the latter is left for pictures. */
const MOST_PROMPTS = 256;
const MOST_PICTURE_BYTES = 600_000;

function input(name, attributes = {}) {
  return h("input", { id: name, name, type: "text", autocomplete: "off", spellcheck: "false", ...attributes });
}

/** Fields that are rarely needed. */
function rareFields() {
  return h(
    "details",
    {},
    h("summary", {}, "More"),
    h(
      "div",
      { class: "fields" },
      field("What not to draw", input("negativeText", { spellcheck: "true", placeholder: "nothing" })),
      field(
        "Candidates",
        input("bestOf", { inputmode: "numeric", placeholder: "no choice" }),
        "Draw this many for each prompt and keep the best.",
      ),
      field(
        "Temperature",
        input("temperature", { inputmode: "decimal", placeholder: "the model’s own" }),
        "Above 0. Lower is plainer.",
      ),
      field(
        "Top-k",
        input("topK", { inputmode: "numeric", placeholder: "the model’s own" }),
        "Only the k likeliest tokens. 1: always the likeliest, 0: all.",
      ),
      field(
        "Top-p",
        input("topP", { inputmode: "decimal", placeholder: "the model’s own" }),
        "Above 0 to 1. Only the likeliest tokens up to this probability.",
      ),
      field(
        "Labels",
        input("labels", { placeholder: "name:value, name:value" }),
        "Your own words, to find the images by.",
      ),
    ),
    h(
      "p",
      { class: "hint" },
      "Braces in the prompt draw one of each: “a {red,blue} {circle,star}” makes four prompts. \\{ is the brace itself.",
    ),
  );
}

function rowOfBatch(given) {
  return given.get("batchSize") > 1
    ? h(
        "p",
        { class: "hint" },
        `Drawn as row ${Number(given.get("batchIndex")) + 1} of a batch of ${given.get("batchSize")} of the original.`,
      )
    : null;
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
 * @param {AbortSignal} signal ends what it listens to
 */
export function promptForm(given, besideTheSeed, signal) {
  const text = h("textarea", { id: "text", name: "text", rows: "2", enterkeyhint: "go" });
  const seed = field(
    "Seed",
    input("seed", { inputmode: "numeric", placeholder: "random" }),
    "The same seed draws the same images.",
  );
  seed.append(besideTheSeed);
  const start = startingPicture(given.get("rows"), signal);
  const button = h("button", { type: "submit" }, "Draw");
  const makes = h("span", { class: "hint", id: "makes", "aria-live": "polite" });
  const more = rareFields();
  const element = h(
    "form",
    { class: "draw", novalidate: true },
    field("What shall be drawn?", text, "Enter draws."),
    h(
      "div",
      { class: "fields" },
      field("Images", input("count", { inputmode: "numeric", value: "4" })),
      seed,
      field(
        "Guidance",
        input("guidanceScale", { inputmode: "decimal", placeholder: "the model’s own" }),
        "How closely to follow the text; 1 switches it off.",
      ),
    ),
    more,
    start.element,
    rowOfBatch(given),
    h("p", { class: "error", id: "form-error", role: "alert" }),
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
  const tellWhatItMakes = () => {
    const told = forecast(element.elements);
    if (makes.textContent !== told) {
      makes.textContent = told;
    }
  };
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
  const labels = {};
  for (const one of text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)) {
    const colon = one.indexOf(":");
    if (colon < 1) {
      return null;
    }
    labels[one.slice(0, colon).trim()] = one.slice(colon + 1).trim();
  }
  return labels;
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
  if (start.rows()) {
    query.set("rows", start.rows());
  }
  query.set("job", job);
  return `#/?${query}`;
}
