import { aboutView } from "./about.js";
import { prepareColours } from "./colours.js";
import { drawView } from "./draw.js";
import { galleryView } from "./gallery.js";
import { h } from "./dom.js";
import { imageView } from "./image.js";
import { jobView, jobsView } from "./jobs.js";
import { prepareKeys } from "./key.js";
import { prepareShortcuts } from "./shortcuts.js";
import { tellBelow } from "./model.js";
import { titlePage } from "./title.js";

/** What is shown follows from the address: #/path?query. */

const main = document.getElementById("main");
let leaving = new AbortController();
let isFirst = true;

/** @returns {{title: string, content: Node[], focus: ?Element}} */
function view(segments, query, signal) {
  const [first, ...rest] = segments;
  if (!first) {
    return drawView(query, signal);
  }
  if (first === "images" && rest.length === 0) {
    return galleryView(query, signal);
  }
  if (first === "images" && rest.length === 3) {
    return imageView(...rest, signal);
  }
  if (first === "jobs" && rest.length === 0) {
    return jobsView(query, signal);
  }
  if (first === "jobs" && rest.length === 1) {
    return jobView(rest[0], signal);
  }
  if (first === "about" && rest.length === 0) {
    return aboutView();
  }
  return {
    title: "Nothing here",
    content: [
      h("h1", "Nothing here"),
      h("p", "There is no such page. ", h("a", { href: "#/" }, "Draw something")),
    ],
  };
}

function show() {
  leaving.abort();
  leaving = new AbortController();
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const segments = path.split("/");
  const { title, content, focus } = view(segments, new URLSearchParams(query), leaving.signal);
  main.replaceChildren(...content);
  titlePage(title);
  markCurrent(segments[0]);
  if (!isFirst) {
    scrollTo(0, 0);
    focusOn(focus ?? main.querySelector("h1"));
  }
  isFirst = false;
}

/** Tells screen readers where they are, as a new page would. */
function focusOn(element) {
  if (element.tagName === "H1") {
    element.tabIndex = -1;
  }
  element.focus();
}

function markCurrent(section) {
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#/${section}`) {
      link.setAttribute("aria-current", "page");
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

document.getElementById("skip").addEventListener("click", () => focusOn(main.querySelector("h1")));
prepareKeys();
prepareColours(document.getElementById("theme"));
prepareShortcuts(document.getElementById("shortcuts"));
tellBelow(document.getElementById("model"));
addEventListener("hashchange", show);
show();
