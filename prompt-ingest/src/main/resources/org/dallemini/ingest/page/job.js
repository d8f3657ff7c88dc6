import { jobPath, post } from "./api.js";
import { deleteButton } from "./deletion.js";
import { about, alert, count, failureList, footprint, h, say as tell, time, worker } from "./dom.js";
import { tellEstimate } from "./estimate.js";
import { manifestButton } from "./manifest.js";
import { learnRows } from "./model.js";
import { fill, placeholder } from "./pictures.js";
import { showPreview } from "./previews.js";
import { follow, isFinal, MOST_FOLLOWED } from "./progress.js";
import { titleProgress } from "./title.js";

export function words(job) {
  const total = job.requested;
  const failed = job.failed ? `, ${count(job.failed, "image")} failed` : "";
  switch (job.state) {
    case "pending":
      return `Waiting for its turn${ahead(job)}.`;
    case "completed":
      return total === 1 ? "The image is there." : `All ${total} images are there.`;
    case "failed":
      return `${job.stored} of ${count(total, "image")} there${failed}.`;
    case "canceled":
      return `Canceled. ${job.stored} of ${count(total, "image")} there${failed}.`;
    default:
      return `${job.stored} of ${total} there${underWay(job)}${failed}${ends(job)}.`;
  }
}

function underWay(job) {
  const drawing = Math.max(0, job.requested - job.tokensDrawn - job.failed);
  const decoding = Math.max(0, job.tokensDrawn - job.decoded);
  const storing = Math.max(0, job.decoded - job.stored);
  return [
    storing ? `, ${storing} being stored` : "",
    decoding ? `, ${decoding} being decoded` : "",
    drawing ? `, ${drawing} being drawn or waiting` : "",
  ].join("");
}

function ahead(job) {
  const images = job.queue?.imagesAhead;
  return `${images ? `: ${count(images, "image")} before it` : ""}${ends(job)}`;
}

function ends(job) {
  const left = Date.parse(job.queue?.endsAt) - Date.now();
  return left > 0 ? `; ${about(left)} left` : "";
}

/** Why something of a job failed: a list, or nothing. */
export function failures(job) {
  const entries = job.failures.map(({ subject, message, code, stage }) => [
    subject,
    message,
    h("span", { class: "hint" }, ` (${code}, ${stage})`),
  ]);
  return entries.length ? [failureList(entries, job.failed + job.promptsRefused - entries.length)] : [];
}

export function bar(job) {
  return h("progress", {
    max: Math.max(1, job.requested),
    value: job.stored,
    "aria-label": `Images of ${job.id} that are there`,
  });
}

/** Shows a job from its beginning: what is followed ends with the job. */
function showAgain(job) {
  const place = `#/jobs/${job.id}`;
  if (location.hash === place) {
    location.reload();
  }
  location.hash = place;
}

/**
 * A button that asks the server to do something with a job.
 *
 * @param {function} then what to do when the server has agreed
 */
function action(name, label, job, then = () => {}) {
  const work = async () => {
    await post(`${jobPath(job.id)}/${name}`);
    then(job);
  };
  return h("span", { class: "action" }, ...worker(label, work));
}

/**
 * What can be done with a job in its state.
 *
 * @param {?function} deleted called when it is; null where it cannot be
 */
export function actions(job, deleted, signal) {
  if (!isFinal(job)) {
    return [action("cancel", "Cancel", job)];
  }
  const hasFailed = job.state !== "completed" && job.failed + job.promptsRefused + job.canceled;
  const what = () => ["the job and its images", [jobPath(job.id)]];
  return [
    ...(hasFailed ? [action("retry", "Try what failed again", job, showAgain)] : []),
    ...(deleted ? [deleteButton("Delete", what, deleted, signal)] : []),
  ];
}

/**
 * A job and its images, which appear as they are stored.
 *
 * @param {object} expected id; prompts and requested, the number of its images, if it was submitted just now
 * @param {function} onImage told of each image
 * @param {Node[]} own buttons of whoever shows it
 * @param {?function} deleted called when it is; without it, it cannot be
 */
export function jobPanel(expected, signal, { onImage: alsoOnImage = () => {}, buttons: own = [], deleted = null }) {
  const isNew = Boolean(expected.requested);
  const status = h("p", { class: "status", role: "status" }, isNew ? "Sent. Waiting for its turn." : "");
  const trouble = alert();
  const progress = h("div", { class: "meter" });
  const estimate = h("p", { class: "hint estimate" });
  const commands = h("span", { class: "action" });
  const manifest = h("span", { class: "action", hidden: true }, ...manifestButton(expected.id));
  const facts = h("p", { class: "hint" });
  const failed = h("div");
  const grid = h("ul", { class: "grid" });
  const more = h("p", { class: "hint" });
  let last = null;
  let isBegun = false;

  /** Said aloud: only when it changes. A status tells of images that are drawn, not of those that are begun. */
  const say = () => {
    tell(status, isBegun && last.state === "pending" ? "Being drawn." : words(last));
  };
  const grow = (requested) => {
    while (grid.children.length < Math.min(requested, MOST_FOLLOWED)) {
      grid.append(placeholder());
    }
    if (requested > MOST_FOLLOWED) {
      more.textContent = `The first ${MOST_FOLLOWED} images that came are shown. The gallery has the others.`;
    }
  };
  grow(expected.requested ?? 0);

  const onStatus = (job) => {
    grow(job.requested);
    titleProgress(job);
    const isNews = last?.state !== job.state;
    last = job;
    say();
    progress.replaceChildren(bar(job));
    failed.replaceChildren(...failures(job));
    facts.replaceChildren("Job ", h("a", { href: `#/jobs/${job.id}` }, job.id), ", submitted ", time(job.submittedAt), job.energyJoules > 0 ? `; took ${footprint(job)}` : "");
    if (isFinal(job)) {
      grid.classList.add("ended");
    }
    if (isNews) {
      commands.replaceChildren(...actions(job, deleted, signal));
    }
    manifest.hidden = !job.stored;
  };
  /** The job with the numbers of its prompts and images, which a status may not have all of yet. */
  const whole = () => (expected.prompts ? expected : last);
  /** Where an image belongs in the order of the prompts; undefined where that cannot be told. */
  const ownPlace = ({ id, prompt, job }) => {
    const index = Number(id.split("/").pop());
    const each = whole() ? whole().requested / whole().prompts : NaN;
    const number = prompt.startsWith(`${job}.`) ? prompt.slice(job.length + 1) : "";
    if (prompt === job) {
      return grid.children[index];
    }
    return Number.isInteger(each) && /^\d+$/.test(number) ? grid.children[Number(number) * each + index] : undefined;
  };
  /** The place of an image, by what is known of it: its own, or one that no other has taken; null if there is none. */
  const placeOf = (image) => {
    const own = ownPlace(image);
    return (
      [...grid.children].find((place) => place.dataset.image === image.id) ??
      (own?.matches(".waiting:not([data-image])") ? own : grid.querySelector(".waiting:not([data-image])"))
    );
  };
  const onPreview = (preview) => {
    learnRows(preview.rows);
    const place = placeOf(preview);
    if (place) {
      place.dataset.image = preview.id;
      showPreview(place, preview);
    }
    isBegun = true;
    if (last) {
      say();
    }
  };
  const onImage = (image) => {
    const place = placeOf(image) ?? grid.querySelector(".waiting") ?? grid.appendChild(placeholder());
    place.dataset.image = image.id;
    fill(place, image, whole()?.prompts > 1);
    alsoOnImage(image);
  };
  const onTrouble = (text) => tell(trouble, text);
  follow(expected.id, isNew, { onStatus, onPreview, onImage, onTrouble }, signal).catch((failure) => {
    if (!signal.aborted) {
      status.textContent = "";
      trouble.textContent = failure.message;
    }
  });
  tellEstimate(estimate, expected.id, () => last, signal);
  return h(
    "div",
    { class: "job" },
    status,
    progress,
    estimate,
    trouble,
    failed,
    grid,
    more,
    h("div", { class: "actions" }, commands, ...own, manifest),
    facts,
  );
}
