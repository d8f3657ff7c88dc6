import { button, h } from "./dom.js";

let opened = 0;

/**
 * Opens a dialog, which is gone when it is closed: by Escape, by its button, or with what it belongs to. The focus goes
 * back to where it was.
 *
 * @param {string} title its name
 * @param {Node[]} content below the title
 * @param {AbortSignal} signal ends it; undefined for one that belongs to no page
 * @returns {HTMLDialogElement}
 */
export function openDialog(title, content, { className, signal } = {}) {
  const id = `dialog-${++opened}`; // one may lie over another
  const close = button("Close", () => dialog.close());
  const dialog = h(
    "dialog",
    { class: className, "aria-labelledby": id },
    h("div", { class: "head" }, h("h2", { id, tabindex: "-1" }, title), close),
    ...content,
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && !isInside(event, dialog.getBoundingClientRect())) {
      dialog.close();
    }
  });
  signal?.addEventListener("abort", () => dialog.close(), { once: true });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function isInside({ clientX, clientY }, { left, right, top, bottom }) {
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}
