import { post } from "./api.js";
import { alert, button, count, failureList, h } from "./dom.js";
import { randomId } from "./ids.js";
import { readList } from "./lists.js";
import { remember } from "./memory.js";

/** A file of prompts, read and checked here and sent as jobs of the bulk lane. */

/** The limits of a job: api.max.prompts, and below api.max.body.bytes. */
const MOST_PROMPTS = 256;
const MOST_BYTES = 900_000;
/** So many bad lines are named. */
const MOST_NAMED = 20;

/** The prompts in parts that are jobs. */
function jobsOf(prompts) {
  const jobs = [];
  let part = [];
  let bytes = 0;
  for (const one of prompts) {
    const size = new TextEncoder().encode(JSON.stringify(one.prompt)).length + 50;
    if (part.length === MOST_PROMPTS || (part.length && bytes + size > MOST_BYTES)) {
      jobs.push(part);
      part = [];
      bytes = 0;
    }
    part.push(one);
    bytes += size;
  }
  return part.length ? [...jobs, part] : jobs;
}

function imagesOf(prompts) {
  return prompts.reduce((sum, { prompt }) => sum + (prompt.count ?? 1), 0);
}

/** The line of the file that a problem is about, in words. */
function lineOf(problem, part) {
  const index = /^\/prompts\/(\d+)/.exec(problem.pointer ?? "")?.[1];
  return part[index] ? `Line ${part[index].line}: ` : "";
}

export function uploadForm(signal) {
  const file = h("input", { id: "list", type: "file", accept: ".txt,.csv,.tsv,.jsonl,.ndjson,.json,text/*" });
  file.setAttribute("aria-describedby", "list-hint");
  const said = h("p", { "aria-live": "polite" });
  const bad = h("div");
  const meter = h("div", { class: "meter" });
  const error = alert();
  const send = button("Draw them", () => submit(), { class: null, hidden: true });
  const link = h("p");
  let waiting = [];
  let name = "";
  let all = 0;

  const read = async () => {
    const given = file.files[0];
    [bad, meter, link, error, said].forEach((one) => one.replaceChildren());
    send.hidden = true;
    if (!given) {
      return;
    }
    const list = readList(given.name, await given.text());
    if (list.bad.length) {
      said.textContent = `${count(list.bad.length, "line")} of ${given.name} cannot be taken. Nothing was sent.`;
      const lines = list.bad.map(({ line, reason }) => [`Line ${line}`, reason]);
      bad.replaceChildren(failureList(lines.slice(0, MOST_NAMED), lines.length - MOST_NAMED));
      return;
    }
    if (!list.prompts.length) {
      said.textContent = `There is no prompt in ${given.name}.`;
      return;
    }
    const id = randomId();
    name = given.name.slice(0, 256);
    waiting = jobsOf(list.prompts).map((part, i) => ({ id: `${id}-${i + 1}`, part }));
    all = waiting.length;
    const blank = list.blank ? `, ${count(list.blank, "blank line")} skipped` : "";
    const what = [count(list.prompts.length, "prompt"), count(imagesOf(list.prompts), "image"), `as ${count(all, "job")}`];
    said.textContent = `${given.name}: ${what.join(", ")}${blank}.`;
    send.textContent = "Draw them";
    send.hidden = false;
  };
  const submit = async () => {
    send.disabled = file.disabled = true;
    error.textContent = "";
    while (waiting.length) {
      const { id, part } = waiting[0];
      const prompts = part.map(({ prompt }) => ({ ...prompt, lane: "BULK" }));
      try {
        await post("/v1/jobs", { id, labels: { file: name }, prompts });
      } catch (problem) {
        error.textContent = lineOf(problem, part) + problem.message;
        send.textContent = "Go on";
        break;
      }
      waiting.shift();
      remember("drawn", "1");
      const sent = all - waiting.length;
      meter.replaceChildren(h("progress", { max: all, value: sent, "aria-label": "Jobs that are sent" }));
      said.textContent = `${sent} of ${count(all, "job")} sent.`;
    }
    send.disabled = file.disabled = false;
    if (!waiting.length) {
      send.hidden = true;
      file.value = "";
      const query = new URLSearchParams({ label: `file:${name}` });
      link.replaceChildren(h("a", { href: `#/jobs?${query}` }, "Show them"));
    }
  };
  file.addEventListener("change", read, { signal });
  return h(
    "details",
    { class: "upload" },
    h("summary", "Draw a file of prompts"),
    h("label", { for: "list" }, "A file of prompts"),
    file,
    h(
      "p",
      { class: "hint", id: "list-hint" },
      "Text with a prompt a line; CSV with a header (text, count, seed …); or JSON lines. It is checked before anything is sent, and does not keep those waiting who draw here.",
    ),
    said,
    bad,
    meter,
    error,
    h("div", { class: "actions" }, send),
    link,
  );
}
