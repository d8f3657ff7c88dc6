import { post } from "./api.js";
import { field, h, mark } from "./dom.js";
import { latest } from "./gallery.js";
import { jobPanel } from "./job.js";
import { languages, modelCard } from "./model.js";

/** The fields of the form: where each goes in a prompt, and what stands in it where nothing is said. */
const FIELDS = ["text", "count", "seed", "guidanceScale", "negativeText", "temperature", "topK", "topP", "labels"];
const SAMPLING = ["guidanceScale", "temperature", "topK", "topP"];
const NUMBERS = ["count", ...SAMPLING];

/** What goes into the address besides the fields: which row of which batch an image was. */
const BATCH = ["batchIndex", "batchSize"];

/** The address of what was drawn last, and what stood in the form, for those who come back to the page. */
let last = null;
let kept = null;
/** The id of a job of which it is not known whether the server has it: sent again, it is not drawn twice. */
let unanswered = null;

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `page-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function input(name, attributes = {}) {
  return h("input", { id: name, name, type: "text", autocomplete: "off", spellcheck: "false", ...attributes });
}

/** The form, filled with what the address says. */
function form(given) {
  const text = h("textarea", { id: "text", name: "text", rows: "2", enterkeyhint: "go" });
  const count = input("count", { inputmode: "numeric", value: "4" });
  const seed = input("seed", { inputmode: "numeric", placeholder: "random" });
  const guidance = input("guidanceScale", { inputmode: "decimal", placeholder: "the model’s own" });
  const negative = input("negativeText", { spellcheck: "true", placeholder: "nothing" });
  const temperature = input("temperature", { inputmode: "decimal", placeholder: "the model’s own" });
  const topK = input("topK", { inputmode: "numeric", placeholder: "the model’s own" });
  const topP = input("topP", { inputmode: "decimal", placeholder: "the model’s own" });
  const labels = input("labels", { placeholder: "name:value, name:value" });
  const row =
    given.get("batchSize") > 1
      ? h(
          "p",
          { class: "hint" },
          `Drawn as row ${Number(given.get("batchIndex")) + 1} of a batch of ${given.get("batchSize")} of the original.`,
        )
      : null;
  const error = h("p", { class: "error", id: "form-error", role: "alert" });
  const button = h("button", { type: "submit" }, "Draw");
  const more = h(
    "details",
    {},
    h("summary", {}, "More"),
    h(
      "div",
      { class: "fields" },
      field("What not to draw", negative),
      field("Temperature", temperature, "Above 0. Lower is plainer."),
      field("Top-k", topK, "Only the k likeliest tokens. 1: always the likeliest, 0: all."),
      field("Top-p", topP, "Above 0 to 1. Only the likeliest tokens up to this probability."),
      field("Labels", labels, "Your own words, to find the images by."),
    ),
  );
  const element = h(
    "form",
    { class: "draw", novalidate: true },
    field("What shall be drawn?", text, "Enter draws."),
    h(
      "div",
      { class: "fields" },
      field("Images", count),
      field("Seed", seed, "The same seed draws the same images."),
      field("Guidance", guidance, "How closely to follow the text; 1 switches it off."),
    ),
    more,
    row,
    error,
    h("div", { class: "actions" }, button),
  );
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
  return { element, button, more };
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

/** What the form asks for, as the API has it. */
function promptOf(elements, given) {
  const value = (name) => elements[name].value.trim();
  const prompt = { text: value("text"), sampling: {}, labels: labelsOf(value("labels")) };
  for (const name of FIELDS.filter((one) => one !== "text" && one !== "labels" && value(one))) {
    const of = SAMPLING.includes(name) ? prompt.sampling : prompt;
    of[name] = NUMBERS.includes(name) ? number(value(name)) : value(name);
  }
  if (given.get("batchSize") > 1) {
    prompt.sampling.batchIndex = number(given.get("batchIndex"));
    prompt.sampling.batchSize = number(given.get("batchSize"));
  }
  return prompt;
}

/** Puts the problem beside the field that it is about, if that can be told. */
function tell(problem, { element, more }) {
  const name = problem.pointer.split("/").find((one) => FIELDS.includes(one));
  if (!name) {
    document.getElementById("form-error").textContent = problem.message;
    return;
  }
  const control = element.elements[name];
  more.open ||= more.contains(control);
  mark(control, problem.message);
  control.focus();
}

/** Where what the form asks for can be seen again, while it is drawn and later. */
function addressOf(elements, given, job) {
  const query = new URLSearchParams();
  FIELDS.map((name) => [name, elements[name].value.trim()])
    .filter(([, value]) => value)
    .forEach(([name, value]) => query.set(name, value));
  BATCH.filter((name) => given.has(name)).forEach((name) => query.set(name, given.get(name)));
  query.set("job", job);
  return `#/?${query}`;
}

/** @param {function} accepted told the answer */
async function submit(parts, given, accepted) {
  const { element, button } = parts;
  FIELDS.forEach((name) => mark(element.elements[name], ""));
  document.getElementById("form-error").textContent = "";
  const prompt = promptOf(element.elements, given);
  if (!prompt.text) {
    return tell({ pointer: "/text", message: "Say what shall be drawn." }, parts);
  }
  if (!prompt.labels) {
    return tell({ pointer: "/labels", message: "Write labels as name:value, with commas between them." }, parts);
  }
  const content = JSON.stringify(prompt);
  const id = unanswered?.content === content ? unanswered.id : randomId();
  unanswered = { id, content };
  button.disabled = true;
  try {
    const job = await post("/v1/jobs", { id, prompts: [prompt] });
    unanswered = null;
    accepted(job, prompt.text);
  } catch (problem) {
    if (problem.status >= 400 && problem.status < 500) {
      unanswered = null; // refused: nothing will come of it
    }
    tell(problem, parts);
  } finally {
    button.disabled = false;
  }
}

/** @param {URLSearchParams} asked what to fill the form with, and which job to show */
export function drawView(asked, signal) {
  let given = asked;
  if (!given.size && last) {
    history.replaceState(null, "", last);
    given = new URLSearchParams(last.slice(last.indexOf("?")));
  }
  let address = location.hash || "#/";
  const parts = form(given);
  const result = h("section", { class: "result", "aria-label": "What is being drawn" });
  let following = null;
  const show = (job, text) => {
    following?.abort();
    following = new AbortController();
    result.replaceChildren(h("h2", {}, text), jobPanel(job, following.signal));
  };
  signal.addEventListener("abort", () => following?.abort(), { once: true });
  parts.element.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!parts.button.disabled) {
      submit(parts, given, (job, text) => {
        last = addressOf(parts.element.elements, given, job.id);
        if (!signal.aborted) {
          address = last;
          history.replaceState(null, "", address); // a reload shows the job again
          show(job, text);
        }
      });
    }
  });
  if (given.has("job")) {
    last = address;
    show({ id: given.get("job") }, given.get("text") ?? "");
  }
  if (kept?.address === address) {
    FIELDS.forEach((name) => (parts.element.elements[name].value = kept.values[name]));
  }
  signal.addEventListener("abort", () => {
    kept = { address, values: Object.fromEntries(new FormData(parts.element)) };
  });
  const example = (text) => {
    parts.element.elements.text.value = text;
    parts.element.elements.text.focus();
  };
  return {
    title: "Draw",
    content: [
      h("h1", {}, "Draw"),
      h("div", { class: "desk" }, parts.element, h("div", {}, result, latest(example, signal))),
    ],
    focus: given.has("text") && !given.has("job") ? parts.button : null,
  };
}
