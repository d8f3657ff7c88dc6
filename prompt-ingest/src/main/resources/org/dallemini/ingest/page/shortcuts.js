import { openDialog } from "./dialogs.js";
import { h } from "./dom.js";
import { recall, remember } from "./memory.js";

/** Keys without a modifier, which can be switched off for those whose tools type them. */

const KEYS = [
  ["/", "to the prompt"],
  ["?", "these keys"],
  ["Enter", "in the prompt: draw"],
  ["Shift + Enter", "in the prompt: a new line"],
  ["← →", "in a large view: the picture before, the next one"],
  ["Escape", "close what is open"],
];

const OFF = "no-shortcuts";

function isTyped(target) {
  return target.isContentEditable || target.matches?.("input:not([type=checkbox]), textarea, select");
}

function openHelp() {
  const isOn = h("input", { id: "shortcuts-on", type: "checkbox", checked: recall(OFF) === null });
  isOn.addEventListener("change", () => remember(OFF, isOn.checked ? null : "1"));
  openDialog("Keys", [
    h("dl", { class: "keys" }, ...KEYS.flatMap(([key, does]) => [h("dt", h("kbd", key)), h("dd", does)])),
    h("p", { class: "check" }, isOn, h("label", { for: "shortcuts-on" }, "/ and ? work wherever nothing is typed")),
  ]);
}

/** Waits for the field of the prompt, which another view does not have. */
function toThePrompt() {
  const focus = () => document.getElementById("text")?.focus();
  if (document.getElementById("text")) {
    focus();
  } else {
    addEventListener("hashchange", () => setTimeout(focus), { once: true });
    location.hash = "#/";
  }
}

/** @param {HTMLButtonElement} button shows the keys */
export function prepareShortcuts(button) {
  button.addEventListener("click", openHelp);
  addEventListener("keydown", (event) => {
    const isOther = event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented;
    if (isOther || recall(OFF) !== null || isTyped(event.target) || document.querySelector("dialog[open]")) {
      return;
    }
    if (event.key === "/") {
      event.preventDefault();
      toThePrompt();
    } else if (event.key === "?") {
      event.preventDefault();
      openHelp();
    }
  });
}
