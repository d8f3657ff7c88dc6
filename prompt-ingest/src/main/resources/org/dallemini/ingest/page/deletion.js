import { pathOf, request } from "./api.js";
import { openDialog } from "./dialogs.js";
import { button, h, worker } from "./dom.js";

/**
 * A button that deletes something for good, once it has been asked whether that is meant.
 *
 * @param {function} what gives what the question is about, in words, and the paths of the API that are to be deleted
 * @param {function} gone told of each path that is deleted
 */
export function deleteButton(label, what, gone, signal, attributes = {}) {
  const ask = () => {
    const [subject, paths] = what();
    const work = async (say) => {
      for (const [i, path] of paths.entries()) {
        say(paths.length > 1 ? `${i + 1} of ${paths.length}` : "");
        await request(path, { method: "DELETE" });
        gone(path);
      }
      dialog.close();
      if (document.activeElement === document.body) {
        refocus();
      }
    };
    const warning = h("p", "For everybody, and for good: nothing brings it back.");
    const actions = h("div", { class: "actions" }, ...worker(`Delete ${subject}`, work, { class: "danger" }));
    const dialog = openDialog(`Delete ${subject}?`, [warning, actions], { signal });
  };
  return button(label, ask, attributes);
}

/** What had the focus is gone with what was deleted. */
function refocus() {
  const heading = document.querySelector("dialog[open] h2") ?? document.querySelector("main h1");
  heading.tabIndex = -1;
  heading.focus();
}

/** The same for an image. */
export function deleteImage(label, image, gone, signal, attributes) {
  return deleteButton(label, () => ["the image", [pathOf(image)]], gone, signal, attributes);
}
