import { get, jobPath } from "./api.js";
import { worker } from "./dom.js";
import { save } from "./pictures.js";

const PAGE = 200;

/** All images of a job, as the API tells of them. */
async function imagesOf(id, onProgress) {
  const images = [];
  let cursor = null;
  do {
    const query = new URLSearchParams({ limit: PAGE });
    if (cursor) {
      query.set("cursor", cursor);
    }
    const page = await get(`${jobPath(id)}/images?${query}`);
    images.push(...page.images);
    cursor = page.next;
    onProgress(images.length);
  } while (cursor);
  return images;
}

/** Saves a list of a job's images: JSON lines, each an image as the API has it; and what it says meanwhile. */
export function manifestButton(id) {
  const work = async (say) => {
    const images = await imagesOf(id, (there) => say(there > PAGE ? `${there} read` : ""));
    const lines = images.map((image) => `${JSON.stringify(image)}\n`);
    save(new Blob(lines, { type: "application/jsonl" }), `${id}.jsonl`);
    say("");
  };
  return worker("Manifest", work, { title: "All images of the job with their values, as JSON lines" });
}
