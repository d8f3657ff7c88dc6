import { pause, request } from "./api.js";
import { h } from "./dom.js";
import { isSmall } from "./pictures.js";
import { oneByOne } from "./queue.js";

/**
 * Shows images while they are being drawn, in the places that they will take. Each picture has to be decoded, beside
 * the images that are drawn: one at a time for the whole page, and for half of the time at most.
 */

const INTERVAL = 1000;
/** How long a picture takes to appear; see page.css. */
const APPEARANCE = 600;

function rowOf({ tokensDrawn, rows, columns }) {
  return `row ${Math.max(1, Math.floor(tokensDrawn / columns))} of ${rows}`;
}

/**
 * Shows what there is of an image.
 *
 * @param {HTMLElement} place a placeholder
 * @param {object} preview as the API tells of it
 */
export function showPreview(place, preview) {
  const caption = place.querySelector(".caption") ?? place.appendChild(h("p", { class: "caption" }));
  caption.textContent = `Drawing: ${rowOf(preview)}`;
  place.removeAttribute("aria-hidden");
  enqueue(place, preview);
}

function isOpen(place) {
  return place.isConnected && place.classList.contains("waiting");
}

const enqueue = oneByOne(async (place, preview) => {
  if (isOpen(place)) {
    const start = performance.now();
    await show(place, preview);
    const taken = performance.now() - start;
    await pause(Math.max(INTERVAL - taken, taken), new AbortController().signal);
  }
});

/** Puts the picture over the one before once it can be painted, so that nothing flickers. */
async function show(place, preview) {
  try {
    const address = URL.createObjectURL(await (await request(preview.content)).blob());
    const img = h("img", { class: "preview", alt: "" });
    try {
      img.src = address;
      await img.decode();
    } finally {
      URL.revokeObjectURL(address);
    }
    if (isOpen(place)) {
      img.classList.toggle("sharp", isSmall(img.naturalWidth));
      place.classList.add("begun");
      place.append(img);
      const before = [...place.querySelectorAll(".preview")].slice(0, -1);
      setTimeout(() => before.forEach((one) => one.remove()), APPEARANCE);
    }
  } catch {
    // busy, or stored by now: the next one, or the image itself, will do
  }
}
