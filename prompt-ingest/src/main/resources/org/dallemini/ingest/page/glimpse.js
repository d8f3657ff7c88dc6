import { get, jobPath } from "./api.js";
import { h, textOf } from "./dom.js";
import { picture } from "./pictures.js";
import { oneByOne, whenNear } from "./queue.js";

/** What a job in the list is about: its prompt and some of its pictures, fetched when its card is about to be seen. */

const MOST_SHOWN = 4;
/** Of a job with more images than are shown, the latest are looked for among so many. */
const LOOKED_THROUGH = 24;

const jobs = new WeakMap();
/** One request at a time, as there are many cards. */
const enqueue = oneByOne((element) => (element.isConnected ? show(element, jobs.get(element)) : null));
const nearby = whenNear("200px", enqueue);

async function show(element, job) {
  const limit = job.stored > MOST_SHOWN ? LOOKED_THROUGH : MOST_SHOWN;
  let images;
  try {
    ({ images } = await get(`${jobPath(job.id)}/images?limit=${limit}`));
  } catch {
    return; // the next change of the job will do
  }
  if (images.length) {
    const others = job.prompts > 1 ? ` and ${job.prompts - 1} more` : "";
    const latest = [...images]
      .sort((one, other) => other.stored.startedAt.localeCompare(one.stored.startedAt))
      .slice(0, MOST_SHOWN);
    element.replaceChildren(
      h("p", { class: "about" }, textOf(images[0]), h("span", { class: "hint" }, others)),
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
