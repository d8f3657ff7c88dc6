import { pathOf, request } from "./api.js";
import { deleteButton } from "./deletion.js";
import { button, count, h, textOf, worker } from "./dom.js";
import { save } from "./pictures.js";
import { compare } from "./viewer.js";
import { zip } from "./zip.js";

/**
 * Images that are selected, and what can be done with them: a bar that is there as long as there are some.
 *
 * @param {function} gone told of each path of an image that is deleted
 */
export function selection(gone, signal) {
  const images = new Map();
  const boxes = new Map();
  const said = h("span", { "aria-live": "polite" });
  const chosen = () => [...images.values()];
  const download = async (say) => {
    const entries = [];
    for (const image of chosen()) {
      say(`Fetching ${entries.length + 1}`);
      const response = await request(image.content, { signal });
      const bytes = new Uint8Array(await response.arrayBuffer());
      entries.push({ name: image.fileName, bytes, moment: new Date(image.stored.startedAt) });
    }
    save(zip(entries), "images.zip");
    say("");
  };
  const clear = () => {
    images.clear();
    boxes.forEach((box) => (box.checked = false));
    refresh();
  };
  const beside = button("Side by side", () => compare(chosen(), signal));
  const bar = h(
    "div",
    { class: "selection", hidden: true },
    said,
    ...worker("Download as ZIP", download, { class: null }),
    beside,
    deleteButton("Delete", () => [count(images.size, "image"), chosen().map(pathOf)], gone, signal),
    button("Select none", clear),
  );
  const refresh = () => {
    bar.hidden = !images.size;
    said.textContent = images.size ? `${images.size} selected` : "";
    beside.disabled = images.size !== 2;
    beside.title = beside.disabled ? "For two images" : "";
  };

  return {
    bar,
    forget(image) {
      images.delete(image.id);
      boxes.delete(image.id);
      refresh();
    },
    /** A box by which an image is selected. */
    box(image) {
      const box = h("input", { type: "checkbox", checked: images.has(image.id) });
      box.setAttribute("aria-label", `Select: ${textOf(image)}`);
      box.addEventListener("change", () => {
        if (box.checked) {
          images.set(image.id, image);
        } else {
          images.delete(image.id);
        }
        refresh();
      });
      boxes.set(image.id, box);
      return h("label", { class: "select" }, box);
    },
  };
}
