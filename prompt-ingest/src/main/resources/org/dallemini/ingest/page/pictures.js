import { request } from "./api.js";
import { h, textOf } from "./dom.js";
import { currentKey } from "./key.js";
import { whenNear } from "./queue.js";

/** Pictures up to this width are made of few pixels. */
const SMALL = 128;

/** Whether a picture of this width is shown larger than it is: enlarged by the server, or with sharp pixels. */
export function isSmall(width) {
  return width <= SMALL;
}

/** Pictures that need the key are fetched when they are about to be seen. */
const nearby = whenNear("400px", fetchPicture);

async function fetchPicture(img) {
  try {
    const response = await request(img.dataset.path);
    const address = URL.createObjectURL(await response.blob());
    img.addEventListener("load", () => URL.revokeObjectURL(address), { once: true });
    img.src = address;
  } catch {
    img.dispatchEvent(new Event("error"));
  }
}

/** Shows the picture at a path of the API. */
function show(img, path) {
  if (currentKey()) {
    img.dataset.path = path; // an <img> sends no key, and an address must not hold it
    nearby.observe(img);
  } else {
    img.src = path;
  }
}

/**
 * An image as what the API tells of it; the picture follows.
 *
 * @param {number} times how much larger a small one is asked for
 */
export function picture(image, attributes = {}, times = 4) {
  const { width, height, content } = image;
  const img = h("img", { width, height, alt: textOf(image), class: "picture", ...attributes });
  const broken = () => img.addEventListener("error", () => img.classList.add("broken"), { once: true });
  if (isSmall(width)) {
    const asItIs = (event) => {
      event.stopImmediatePropagation();
      broken();
      img.classList.add("sharp");
      show(img, content);
    };
    img.addEventListener("error", asItIs, { once: true });
    show(img, `${content}?size=${times * width}x${times * height}&format=webp`);
  } else {
    broken();
    show(img, content);
  }
  return img;
}

/** Where the page of an image is. */
export function addressOf(image) {
  return `#/images/${image.job}/${image.id}`;
}

/** A picture that leads to the page of its image; with its prompt on it where those beside it have others. */
function linked(image, withText) {
  const mark = image.promptVerdict?.mark ?? image.verdict?.mark;
  return h(
    "a",
    { href: addressOf(image), title: mark ? `${image.text} (marked: ${mark})` : image.text },
    picture(image, { loading: "lazy" }),
    mark ? h("span", { class: "mark" }, mark) : null,
    withText ? h("span", { class: "words", "aria-hidden": "true" }, image.text) : null,
  );
}

/** An entry of a grid: an image. */
export function tile(image) {
  return h("li", { class: "tile" }, linked(image, false));
}

/** An entry of a grid: the place of an image that is still to come; see {@link fill}. */
export function placeholder() {
  return h("li", { class: "tile waiting", "aria-hidden": "true" });
}

/** Puts the image that has come into its place; what was shown of it stays until it is loaded. */
export function fill(place, image, withText) {
  const link = linked(image, withText);
  const shown = [...place.querySelectorAll(".preview")];
  place.classList.remove("waiting");
  place.removeAttribute("aria-hidden");
  place.replaceChildren(...shown, link);
  const done = () => shown.forEach((one) => one.remove());
  const img = link.querySelector("img");
  ["load", "error"].forEach((event) => img.addEventListener(event, done, { once: true }));
}

/** Saves what is in the browser's memory as a file. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Saves a picture under a name that says what it is. */
export async function download(image) {
  save(await (await request(image.content)).blob(), image.fileName);
}
