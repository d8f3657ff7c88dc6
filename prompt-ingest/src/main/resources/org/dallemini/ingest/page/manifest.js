import { get } from "./api.js";
import { h } from "./dom.js";
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
    const page = await get(`/v1/jobs/${encodeURIComponent(id)}/images?${query}`);
    images.push(...page.images);
    cursor = page.next;
    onProgress(images.length);
  } while (cursor);
  return images;
}

/** Saves a list of a job's images: JSON lines, each an image as the API has it; and what it says meanwhile. */
export function manifestButton(id) {
  const said = h("span", { class: "hint", "aria-live": "polite" });
  const button = h("button", { type: "button", class: "second" }, "Manifest");
  button.title = "All images of the job with their values, as JSON lines";
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const images = await imagesOf(id, (there) => {
        said.textContent = there > PAGE ? `${there} read` : "";
      });
      const lines = images.map((image) => `${JSON.stringify(image)}\n`);
      save(new Blob(lines, { type: "application/jsonl" }), `${id}.jsonl`);
      said.textContent = "";
    } catch (failure) {
      said.textContent = failure.message;
    } finally {
      button.disabled = false;
    }
  });
  return [button, said];
}
