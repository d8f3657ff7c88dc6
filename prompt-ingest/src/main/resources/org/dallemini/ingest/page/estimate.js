import { get, jobPath, pause } from "./api.js";
import { about } from "./dom.js";
import { isFinal } from "./progress.js";

/** When a job will be done, as the server estimates it: asked now and then, and counted down between. */

const TICK = 1000;
const BETWEEN = 5000;

/** Whether an estimate tells anything: as long as images are to be drawn. */
function isOpen(job) {
  return !job || (!isFinal(job) && job.tokensDrawn + job.failed + job.canceled < job.requested);
}

function left(moment) {
  return moment ? Date.parse(moment) - Date.now() : 0;
}

function words(queue) {
  const toEnd = left(queue?.endsAt);
  const toStart = left(queue?.startsAt);
  if (toEnd < TICK) {
    return "";
  }
  const begins = toStart > 2 * TICK ? `Begins in ${about(toStart)}, done` : "Done";
  return `${begins} in ${about(toEnd)}.`;
}

/**
 * Tells it as long as there is something to wait for.
 *
 * @param {function} latest gives what is known of the job; nothing if that is its id alone
 */
export async function tellEstimate(element, id, latest, signal) {
  let queue = null;
  let asked = -Infinity;
  try {
    await pause(0, signal); // what was known already is told first
    while (isOpen(latest())) {
      if (latest() && performance.now() - asked > (queue?.endsAt ? BETWEEN : TICK)) {
        queue = (await get(jobPath(id), signal).catch(() => null))?.queue ?? null;
        asked = performance.now();
      }
      element.textContent = isOpen(latest()) ? words(queue) : "";
      await pause(latest() ? TICK : TICK / 10, signal);
    }
  } catch {
    // nobody looks any more
  }
  element.textContent = "";
}
