import { recall, remember } from "./memory.js";

/** Makes the choice of colours work: the system's, light or dark. What was chosen before is set by theme.js. */
export function prepareColours(select) {
  select.value = recall("theme") ?? "";
  select.addEventListener("change", () => {
    remember("theme", select.value || null);
    if (select.value) {
      document.documentElement.dataset.theme = select.value;
    } else {
      delete document.documentElement.dataset.theme;
    }
  });
}
