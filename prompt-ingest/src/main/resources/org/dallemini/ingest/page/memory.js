/** What this browser remembers, and no server; where it keeps nothing, as long as the page is open. */

const PREFIX = "dallemini.";
const here = new Map();

/** What was kept under a name; null if nothing was. */
export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return here.get(name) ?? null;
  }
}

/** Keeps a text under a name; forgets what was there if it is null. */
export function remember(name, text) {
  here.set(name, text);
  try {
    if (text === null) {
      localStorage.removeItem(PREFIX + name);
    } else {
      localStorage.setItem(PREFIX + name, text);
    }
  } catch {
    // full, or forbidden: then for as long as the page is open
  }
}
