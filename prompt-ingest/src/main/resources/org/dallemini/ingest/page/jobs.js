import { get, passes, pause, PAUSE } from "./api.js";
import { alert, button, count, field, h, say, time } from "./dom.js";
import { glimpse } from "./glimpse.js";
import { actions, bar, failures, jobPanel, words } from "./job.js";
import { isFinal } from "./progress.js";
import { searchField, searchForm } from "./search.js";
import { uploadForm } from "./upload.js";

const PAGE = 200;
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
    words: h("p"),
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

function update(shown, job, signal) {
  const now = JSON.stringify(job);
  if (now === shown.seen) {
    return; // a button that somebody is about to press stays
  }
  const { parts } = shown;
  const stateChanged = parts.state.textContent !== job.state;
  shown.seen = now;
  parts.state.textContent = parts.state.dataset.state = job.state;
  parts.meter.replaceChildren(bar(job));
  parts.words.textContent = words(job);
  glimpse(parts.glimpse, job);
  parts.failures.replaceChildren(...failures(job));
  if (stateChanged) {
    const reload = () => dispatchEvent(new Event("hashchange"));
    parts.actions.replaceChildren(...actions(job, reload, signal));
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
  const label = searchField("Label", "label", given, { placeholder: "name:value" });
  const form = searchForm("#/jobs", "Show", field("State", state), label);
  const status = h("p", { role: "status" });
  const error = alert();
  const list = h("ul", { class: "cards" });
  const more = button("More", () => loadMore(), { hidden: true });
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
    more.hidden = !next;
    const order = jobs.length > 1 ? ", the newest first" : "";
    say(status, `${count(jobs.length, "job")}${next ? ", and there are more" : ""}${order}`);
    return jobs.every(isFinal);
  };
  const show = (jobs) => {
    const known = new Set(jobs.map((job) => job.id));
    entries.forEach(({ element }, id) => {
      if (!known.has(id)) {
        element.remove();
        entries.delete(id);
      }
    });
    jobs.forEach((job, i) => {
      if (!entries.has(job.id)) {
        entries.set(job.id, entry(job));
      }
      const shown = entries.get(job.id);
      update(shown, job, signal);
      if (list.children[i] !== shown.element) {
        list.insertBefore(shown.element, list.children[i] ?? null);
      }
    });
  };
  const keepLooking = async () => {
    for (;;) {
      let rest = PAUSE;
      try {
        rest = (await load()) ? 2 * PAUSE : PAUSE;
      } catch (failure) {
        if (signal.aborted) {
          return;
        }
        error.textContent = failure.message;
        if (!passes(failure)) {
          return; // asking again does not help
        }
      }
      await pause(rest, signal);
    }
  };
  const loadMore = () => {
    pages++;
    load().catch((failure) => {
      error.textContent = signal.aborted ? "" : failure.message;
    });
  };
  keepLooking().catch(() => {}); // nobody looks any more
  return {
    title: "Jobs",
    content: [
      h("h1", "Jobs"),
      uploadForm(signal),
      form,
      status,
      error,
      list,
      h("div", { class: "actions" }, more),
    ],
  };
}

export function jobView(id, signal) {
  const deleted = () => (location.hash = "#/jobs");
  const title = `Job ${id}`;
  return { title, content: [h("h1", { class: "prompt" }, title), jobPanel({ id }, signal, { deleted })] };
}
