import { h } from "./dom.js";
import { recall, remember } from "./memory.js";

/** Favourites of this browser: the server knows nothing of them. */

const NAME = "favourites";

function read() {
  try {
    const kept = JSON.parse(recall(NAME) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

/** Job and id of an image, by which the server finds it. */
function nameOf(image) {
  return `${image.job}/${image.id}`;
}

export function isFavourite(image) {
  return read().includes(nameOf(image));
}

function toggle(image) {
  const name = nameOf(image);
  const others = read().filter((one) => one !== name);
  const isNew = others.length === read().length;
  remember(NAME, JSON.stringify(isNew ? [name, ...others] : others));
  return isNew;
}

/** Paths of all of them in the API, the newest first. */
export function favouritePaths() {
  return read().map((name) => {
    const [job, ...id] = name.split("/").map(encodeURIComponent);
    return `/v1/jobs/${job}/images/${id.join("/")}`;
  });
}

/** A heart that is filled for a favourite. Other buttons of the same image learn of it. */
export function favouriteButton(image, attributes = {}) {
  const button = h("button", { type: "button", class: "second heart", ...attributes });
  const show = (isOne) => {
    button.setAttribute("aria-pressed", String(isOne));
    button.textContent = isOne ? "♥" : "♡";
  };
  button.setAttribute("aria-label", `Favourite: ${image.text || "(empty prompt)"}`);
  button.title = "Favourite of this browser";
  show(isFavourite(image));
  const changes = "favourite-changed";
  button.addEventListener("click", () => {
    show(toggle(image));
    dispatchEvent(new CustomEvent(changes, { detail: nameOf(image) }));
  });
  const listen = (event) => {
    if (!button.isConnected) {
      removeEventListener(changes, listen);
    } else if (event.detail === nameOf(image)) {
      show(isFavourite(image));
    }
  };
  addEventListener(changes, listen);
  return button;
}
