// No module, so that it runs before anything is painted: the colours that were chosen in this browser.
{
  let chosen = null;
  try {
    chosen = localStorage.getItem("dallemini.theme");
  } catch {
    // none are kept
  }
  if (chosen) {
    document.documentElement.dataset.theme = chosen;
  }
}
