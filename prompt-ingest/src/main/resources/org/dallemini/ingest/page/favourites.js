import { pathOf, request } from "./api.js";
import { openDialog } from "./dialogs.js";
import { button, h, textOf } from "./dom.js";

/** Favourites are kept by the server: each key's own, or where there are no keys, the same for all. */

const CHANGES = "favourite-changed";

async function keep(image, isOne) {
  image.favourite = isOne;
  dispatchEvent(new CustomEvent(CHANGES, { detail: image }));
  try {
    // Also if whoever pressed it leaves the page at once.
    await request(`${pathOf(image)}/favourite`, { method: isOne ? "PUT" : "DELETE", keepalive: true });
  } catch (failure) {
    image.favourite = !isOne;
    dispatchEvent(new CustomEvent(CHANGES, { detail: image }));
    openDialog("The favourites are as they were", [h("p", failure.message)]);
  }
}

/** A heart that is filled for a favourite. Other buttons of the same image learn of it. */
export function favouriteButton(image, attributes = {}) {
  const heart = button("", () => keep(image, !image.favourite), {
    class: "second heart",
    title: "Favourite",
    "aria-label": `Favourite: ${textOf(image)}`,
    ...attributes,
  });
  const show = () => {
    heart.ariaPressed = String(image.favourite);
    heart.textContent = image.favourite ? "♥" : "♡";
  };
  const listen = ({ detail }) => {
    if (!heart.isConnected) {
      removeEventListener(CHANGES, listen);
    } else if (detail.id === image.id && detail.job === image.job) {
      image.favourite = detail.favourite;
      show();
    }
  };
  show();
  addEventListener(CHANGES, listen);
  return heart;
}
