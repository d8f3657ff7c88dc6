/** The page's title, by which people know its tab: where they are, and before that how far a job is. */

const NAME = "DALL·E mini";
let page = "";

export function titlePage(title) {
  page = title;
  document.title = `${page} – ${NAME}`;
}

/** How far a job is, in few words. */
export function titleProgress(job) {
  document.title = `${progress(job)} – ${page} – ${NAME}`;
}

function progress(job) {
  switch (job.state) {
    case "completed":
      return "Done";
    case "failed":
      return "Failed";
    case "canceled":
      return "Canceled";
    default:
      return job.stored ? `${job.stored} of ${job.requested}` : "Drawing";
  }
}
