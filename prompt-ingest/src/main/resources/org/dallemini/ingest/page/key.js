/** The API key: in this tab's memory only, never in an address. */

const NAME = "dallemini.key";
let asking = null;

export function currentKey() {
  return sessionStorage.getItem(NAME);
}

const element = (id) => document.getElementById(id);

function showInUse() {
  element("key-in-use").hidden = !currentKey();
}

/**
 * Asks for a key, once for all who wait.
 *
 * @param {?string} refused the key that the server did not take; null if there was none
 * @returns {Promise<boolean>} whether there is another key to try
 */
export function askForKey(refused) {
  if (currentKey() !== refused) {
    return Promise.resolve(true); // somebody has asked meanwhile
  }
  asking ??= ask(refused).finally(() => {
    asking = null;
  });
  return asking;
}

function ask(refused) {
  const dialog = element("key-dialog");
  const input = element("key");
  element("key-error").textContent = refused ? "This key is not known here." : "";
  input.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  input.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "given"), { once: true });
  });
}

/** Makes the dialog and the footer work. */
export function prepareKeys() {
  const dialog = element("key-dialog");
  element("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const given = element("key").value.trim();
    if (!/^[\x21-\x7e]+$/.test(given)) {
      element("key-error").textContent = "A key has neither spaces nor special letters: copy it anew.";
      return;
    }
    sessionStorage.setItem(NAME, given);
    element("key").value = "";
    showInUse();
    dialog.close("given");
  });
  element("key-cancel").addEventListener("click", () => dialog.close(""));
  element("forget-key").addEventListener("click", () => {
    sessionStorage.removeItem(NAME);
    location.reload();
  });
  showInUse();
}
