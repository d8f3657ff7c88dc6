import { get } from "./api.js";
import { h } from "./dom.js";
import { picture } from "./pictures.js";

/** What a job in the list is about: its prompt and some of its pictures, fetched when its card is about to be seen. */

const MOST_SHOWN = 4;
/** Of a job with more images than are shown, the latest are looked for among so many. */
const LOOKED_THROUGH = 24;

const nearby = new IntersectionObserver(
  (entries) =>
    entries
      .filter((entry) => entry.isIntersecting)
      .forEach(({ target }) => {
        nearby.unobserve(target);
        waiting.add(target);
        work();
      }),
  { rootMargin: "200px" },
);
const waiting = new Set();
const jobs = new WeakMap();
let isBusy = false;

/** One request at a time, as there are many cards. */
async function work() {
  if (isBusy) {
    return;
  }
  isBusy = true;
  try {
    for (const element of waiting) {
      waiting.delete(element);
      if (element.isConnected) {
        await show(element, jobs.get(element));
      }
    }
  } finally {
    isBusy = false;
  }
}

async function show(element, job) {
  const limit = job.stored > MOST_SHOWN ? LOOKED_THROUGH : MOST_SHOWN;
  let images;
  try {
    ({ images } = await get(`/v1/jobs/${encodeURIComponent(job.id)}/images?limit=${limit}`));
  } catch {
    return; // the next change of the job will do
  }
  if (images.length) {
    const others = job.prompts > 1 ? ` and ${job.prompts - 1} more` : "";
    const latest = [...images]
      .sort((one, other) => other.stored.startedAt.localeCompare(one.stored.startedAt))
      .slice(0, MOST_SHOWN);
    element.replaceChildren(
      h("p", { class: "about" }, images[0].text || "(empty prompt)", h("span", { class: "hint" }, others)),
      h("div", { class: "strip" }, ...latest.map((image) => picture(image, { alt: "", loading: "lazy" }))),
    );
  }
}

/** Keeps an element true to a job; what it shows follows when somebody is about to see it. */
export function glimpse(element, job) {
  const before = jobs.get(element);
  jobs.set(element, job);
  const isNews = before?.stored !== job.stored && !(before?.stored > LOOKED_THROUGH);
  if (job.stored && isNews) {
    nearby.observe(element);
  }
}
