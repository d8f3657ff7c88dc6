import { h, worker } from "./dom.js";

/** Puts a text into the clipboard. */
async function copy(text) {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text);
  }
  // Without TLS there is no clipboard but this.
  const area = h("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  if (!isDone) {
    throw new Error("The browser does not allow to copy: mark the text and copy it yourself.");
  }
}

/**
 * A button that copies, and what it says then.
 *
 * @param {function} text gives what to copy
 * @param {object} attributes of the button
 */
export function copyButton(label, text, attributes = {}) {
  const work = async (say) => {
    await copy(text());
    say("Copied.");
  };
  return worker(label, work, attributes);
}
