import { request } from "./api.js";
import { count, h } from "./dom.js";
import { save } from "./pictures.js";
import { compare } from "./viewer.js";
import { zip } from "./zip.js";

/** Images that are selected, and what can be done with them: a bar that is there as long as there are some. */
export function selection(signal) {
  const images = new Map();
  const boxes = new Map();
  const said = h("span", { "aria-live": "polite" });
  const error = h("span", { class: "error", role: "alert" });
  const pack = h("button", { type: "button", onclick: () => download() }, "Download as ZIP");
  const beside = h(
    "button",
    { type: "button", class: "second", onclick: () => compare([...images.values()], signal) },
    "Side by side",
  );
  const none = h("button", { type: "button", class: "second", onclick: () => clear() }, "Select none");
  const bar = h("div", { class: "selection", hidden: true }, said, pack, beside, none, error);

  const refresh = () => {
    bar.hidden = !images.size;
    said.textContent = images.size ? `${images.size} selected` : "";
    beside.disabled = images.size !== 2;
    beside.title = beside.disabled ? "For two images" : "";
    error.textContent = "";
  };
  const clear = () => {
    images.clear();
    boxes.forEach((box) => (box.checked = false));
    refresh();
  };
  const download = async () => {
    const chosen = [...images.values()];
    const entries = [];
    pack.disabled = true;
    error.textContent = "";
    try {
      for (const image of chosen) {
        said.textContent = `Fetching ${entries.length + 1} of ${count(chosen.length, "image")}`;
        const response = await request(image.content, { signal });
        entries.push({
          name: image.fileName,
          bytes: new Uint8Array(await response.arrayBuffer()),
          moment: new Date(image.stored.startedAt),
        });
      }
      save(zip(entries), "images.zip");
      refresh();
    } catch (failure) {
      if (!signal.aborted) {
        refresh();
        error.textContent = failure.message;
      }
    } finally {
      pack.disabled = false;
    }
  };

  return {
    bar,
    /** A box by which an image is selected. */
    box(image) {
      const box = h("input", { type: "checkbox", checked: images.has(image.id) });
      box.setAttribute("aria-label", `Select: ${image.text || "(empty prompt)"}`);
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
