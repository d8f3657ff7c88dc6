import { escaped } from "./alternatives.js";
import { post } from "./api.js";
import { copyButton } from "./clipboard.js";
import { h } from "./dom.js";
import { addressOf, FIELDS, promptForm, promptsOf, tell, unmark } from "./form.js";
import { randomId } from "./ids.js";
import { jobPanel } from "./job.js";
import { recall, remember } from "./memory.js";
import { seedLock } from "./seed.js";
import { somePictures } from "./welcome.js";

/** The address of what was drawn last, and what stood in the form, for those who come back to the page. */
let last = null;
let kept = null;
/** The id of a job of which it is not known whether the server has it: sent again, it is not drawn twice. */
let unanswered = null;

/** Up to this width the form is above what is drawn, not beside it; see page.css. */
const NARROW = "(max-width: 800px)";

/** @param {function} accepted told the answer */
async function submit(parts, given, accepted) {
  unmark(parts);
  let prompts;
  try {
    prompts = promptsOf(parts, given);
  } catch (mistake) {
    return tell(mistake, parts);
  }
  const content = JSON.stringify(prompts);
  const id = unanswered?.content === content ? unanswered.id : randomId();
  unanswered = { id, content };
  parts.button.disabled = true;
  try {
    const job = await post("/v1/jobs", { id, prompts });
    unanswered = null;
    remember("drawn", "1");
    accepted(job);
  } catch (problem) {
    if (problem.status >= 400 && problem.status < 500) {
      unanswered = null; // refused: nothing will come of it
    }
    tell(problem, parts);
  } finally {
    parts.button.disabled = false;
  }
}

/** Shows what is drawn: on a phone it is below the form, elsewhere it may have been scrolled away. */
function reveal(element) {
  if (matchMedia(NARROW).matches || element.getBoundingClientRect().top < 0) {
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    element.scrollIntoView({ block: "start", behavior });
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
  const seed = seedLock(() => parts.element.elements.seed);
  const parts = promptForm(given, seed.button, signal);
  const result = h("section", { class: "result", "aria-label": "What is being drawn" });
  let following = null;
  const show = (job, text) => {
    following?.abort();
    following = new AbortController();
    seed.onJob();
    result.replaceChildren(
      h("h2", text),
      jobPanel(job, following.signal, {
        onImage: seed.onImage,
        buttons: copyButton("Copy link", () => location.href),
      }),
    );
  };
  signal.addEventListener("abort", () => following?.abort(), { once: true });
  parts.element.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!parts.button.disabled) {
      const text = parts.element.elements.text.value.trim();
      submit(parts, given, (job) => {
        last = addressOf(parts, given, job.id);
        if (!signal.aborted) {
          address = last;
          history.replaceState(null, "", address); // a reload shows the job again
          show(job, text);
          reveal(result);
        }
      });
    }
  });
  const isFirstVisit = !given.has("job") && !recall("drawn");
  if (given.has("job")) {
    last = address;
    show({ id: given.get("job") }, given.get("text") ?? "");
  }
  if (kept?.address === address) {
    FIELDS.forEach((name) => (parts.element.elements[name].value = kept.values[name]));
    parts.start.restore(kept.start);
    parts.tellWhatItMakes();
  }
  signal.addEventListener("abort", () => {
    kept = { address, values: Object.fromEntries(new FormData(parts.element)), start: parts.start.kept() };
  });
  const example = (text) => {
    parts.element.elements.text.value = escaped(text);
    parts.element.elements.text.focus();
    parts.tellWhatItMakes();
  };
  return {
    title: "Draw",
    content: [
      h("h1", "Draw"),
      h("div", { class: "desk" }, parts.element, h("div", result, somePictures(isFirstVisit, example, signal))),
    ],
    focus: given.has("text") && !given.has("job") ? parts.button : null,
  };
}
