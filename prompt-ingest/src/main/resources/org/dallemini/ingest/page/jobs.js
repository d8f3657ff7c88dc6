import { get } from "./api.js";
import { count, field, h, time } from "./dom.js";
import { glimpse } from "./glimpse.js";
import { actions, bar, failures, jobPanel, words } from "./job.js";
import { isFinal } from "./progress.js";
import { uploadForm } from "./upload.js";

const PAGE = 200;
const PAUSE = 2000;
const STATES = ["pending", "running", "completed", "failed", "canceled"];

function labels(job) {
  return Object.entries(job.labels).map(([name, value]) => h("span", { class: "chip" }, `${name}:${value}`));
}

/** An entry of the list, which {@link update} keeps true. */
function entry(job) {
  const parts = {
    state: h("span", { class: "state" }),
    glimpse: h("div"),
    meter: h("div", { class: "meter" }),
    words: h("p", {}),
    failures: h("div"),
    actions: h("div", { class: "actions" }),
  };
  const element = h(
    "li",
    { class: "card" },
    h("div", { class: "head" }, h("a", { href: `#/jobs/${job.id}` }, job.id), parts.state),
    parts.glimpse,
    parts.meter,
    parts.words,
    parts.failures,
    h("p", { class: "hint" }, "Submitted ", time(job.submittedAt)),
    h("div", { class: "chips" }, ...labels(job)),
    parts.actions,
  );
  return { element, parts, seen: "" };
}

function update(shown, job) {
  const now = JSON.stringify(job);
  if (now === shown.seen) {
    return; // a button that somebody is about to press stays
  }
  const stateChanged = shown.parts.state.textContent !== job.state;
  shown.seen = now;
  shown.parts.state.textContent = job.state;
  shown.parts.state.dataset.state = job.state;
  shown.parts.meter.replaceChildren(bar(job));
  shown.parts.words.textContent = words(job);
  glimpse(shown.parts.glimpse, job);
  shown.parts.failures.replaceChildren(...[failures(job)].filter(Boolean));
  if (stateChanged) {
    actions(job).then((button) => shown.parts.actions.replaceChildren(...[button].filter(Boolean)));
  }
}

/** @param {URLSearchParams} given state and label to look for */
export function jobsView(given, signal) {
  const state = h(
    "select",
    { id: "state", name: "state" },
    h("option", { value: "" }, "all"),
    ...STATES.map((one) => h("option", { value: one, selected: given.get("state") === one }, one)),
  );
  const label = h("input", {
    id: "job-label",
    name: "label",
    type: "search",
    value: given.get("label") ?? "",
    autocomplete: "off",
    placeholder: "name:value",
  });
  const form = h(
    "form",
    { class: "search", role: "search" },
    field("State", state),
    field("Label", label),
    h("button", { type: "submit" }, "Show"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const query = new URLSearchParams();
    [state, label].filter((one) => one.value.trim()).forEach((one) => query.set(one.name, one.value.trim()));
    location.hash = query.size ? `#/jobs?${query}` : "#/jobs";
  });
  const status = h("p", { role: "status" });
  const error = h("p", { class: "error", role: "alert" });
  const list = h("ul", { class: "cards" });
  const button = h("button", { type: "button", class: "second", hidden: true }, "More");
  const entries = new Map();
  let pages = 1;

  const load = async () => {
    const jobs = [];
    let next = null;
    for (let page = 0; page < pages; page++) {
      const query = new URLSearchParams(given);
      query.set("limit", PAGE);
      if (next) {
        query.set("cursor", next);
      }
      const answer = await get(`/v1/jobs?${query}`, signal);
      jobs.push(...answer.jobs);
      next = answer.next;
      if (!next) {
        break;
      }
    }
    error.textContent = "";
    show(jobs);
    button.hidden = !next;
    const said = `${count(jobs.length, "job")}${next ? ", and there are more" : ""}${jobs.length > 1 ? ", the newest first" : ""}`;
    if (status.textContent !== said) {
      status.textContent = said;
    }
    return jobs.every(isFinal);
  };
  const show = (jobs) => {
    const known = new Set(jobs.map((job) => job.id));
    [...entries.keys()]
      .filter((id) => !known.has(id))
      .forEach((id) => {
        entries.get(id).element.remove();
        entries.delete(id);
      });
    jobs.forEach((job, i) => {
      if (!entries.has(job.id)) {
        entries.set(job.id, entry(job));
      }
      const shown = entries.get(job.id);
      update(shown, job);
      if (list.children[i] !== shown.element) {
        list.insertBefore(shown.element, list.children[i] ?? null);
      }
    });
  };
  const keepLooking = async () => {
    let pause = PAUSE;
    try {
      pause = (await load()) ? 2 * PAUSE : PAUSE;
    } catch (failure) {
      if (signal.aborted) {
        return;
      }
      error.textContent = failure.message;
      if (failure.status >= 400 && failure.status < 500) {
        return; // asking again does not help
      }
    }
    const timer = setTimeout(keepLooking, pause);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  };
  button.addEventListener("click", () => {
    pages++;
    load().catch((failure) => {
      error.textContent = signal.aborted ? "" : failure.message;
    });
  });
  keepLooking();
  return {
    title: "Jobs",
    content: [
      h("h1", {}, "Jobs"),
      uploadForm(signal),
      form,
      status,
      error,
      list,
      h("div", { class: "actions" }, button),
    ],
  };
}

export function jobView(id, signal) {
  return { title: `Job ${id}`, content: [h("h1", { class: "prompt" }, `Job ${id}`), jobPanel({ id }, signal)] };
}
