import { get, getPatiently, imagePath } from "./api.js";
import { copyButton } from "./clipboard.js";
import { againAddress, curl, editAddress, generate, varyAddress } from "./commands.js";
import { deleteImage } from "./deletion.js";
import { alert, duration, footprint, h, say, textOf, time, worker } from "./dom.js";
import { favouriteButton } from "./favourites.js";
import { currentKey } from "./key.js";
import { download, picture } from "./pictures.js";

/** A prompt of more characters is no heading any more. */
const LONG = 120;
const GIVEN =
  "It begins with a picture that was given, which is not kept here: it cannot be drawn again from this page.";

function facts(...pairs) {
  const given = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h("dl", ...given.flatMap(([name, value]) => [h("dt", name), h("dd", value)]));
}

function model({ name, precision, revision }) {
  return h("span", `${name}, ${precision} `, h("span", { class: "hint", title: revision }, revision.slice(0, 12)));
}

function end({ startedAt, durationMillis }) {
  return Date.parse(startedAt) + durationMillis;
}

function timings(image) {
  const asked = Date.parse(image.requestedAt);
  return facts(
    ["Asked for", time(image.requestedAt)],
    ["Waited", duration(Date.parse(image.drawn.startedAt) - asked)],
    ["Drawn in", duration(image.drawn.durationMillis)],
    ["Decoded in", duration(image.decoded.durationMillis)],
    ["Stored in", duration(image.stored.durationMillis)],
    ["All together", duration(end(image.stored) - asked)],
    ["Took", image.footprint ? h("span", { title: image.footprint.method }, footprint(image.footprint)) : null],
  );
}

function labels(image) {
  const all = Object.entries(image.labels).map(([name, value]) => `${name}:${value}`);
  if (!all.length) {
    return null;
  }
  const links = all.map((label) =>
    h("a", { class: "chip", href: `#/images?${new URLSearchParams({ label })}` }, label),
  );
  return h("span", { class: "chips" }, ...links);
}

function parameters(image) {
  const { temperature, topK, topP, guidanceScale, batchIndex, batchSize } = image.sampling;
  return facts(
    ["Not to be drawn", image.negativeText],
    ["Seed", image.seed],
    ["Chosen", image.candidates > 1 ? `as number ${image.index + 1} of ${image.candidates} candidates, by a score of ${image.score?.toFixed(1)}` : null],
    ["Guidance", guidanceScale],
    ["Temperature", temperature],
    ["Top-k", topK],
    ["Top-p", topP],
    ["Batch", batchSize > 1 ? `row ${batchIndex + 1} of ${batchSize}` : null],
    ["Marked by the filters as", [image.promptVerdict?.mark, image.verdict?.mark].filter(Boolean).join(", ")],
    ["Released by", image.promptVerdict?.releasedBy ?? image.verdict?.releasedBy],
    ["Begins with", image.hasPrefix ? "a picture or tokens that were given" : null],
    ["Labels", labels(image)],
  );
}

function origin(image) {
  return facts(
    ["Text model", model(image.tokenModel)],
    ["Picture model", model(image.decoderModel)],
    ["Size", `${image.width} × ${image.height} pixels, ${image.size} bytes`],
    ["Job", h("a", { href: `#/jobs/${image.job}` }, h("code", image.job))],
    ["Image", h("code", image.id)],
    ["Object", h("code", `${image.bucket}/${image.key}`)],
    ["SHA-256", h("code", image.sha256)],
  );
}

function commands(image) {
  const all = { "On the command line": generate(image), "Over HTTP": curl(image, Boolean(currentKey())) };
  return Object.entries(all)
    .filter(([, command]) => command)
    .map(([title, command]) =>
      h(
        "div",
        { class: "command" },
        h("h3", title),
        h("pre", h("code", command)),
        h(
          "div",
          { class: "actions" },
          ...copyButton("Copy", () => command, { "aria-label": `Copy the command: ${title}` }),
        ),
      ),
    );
}

/** The picture, large; where it cannot be shown, why. */
function large(image) {
  const figure = h("figure", { class: "large" });
  const img = picture(image, {}, 8);
  img.addEventListener("error", async () => {
    let reason = "The picture cannot be shown.";
    try {
      await get(image.content);
    } catch (failure) {
      reason = failure.message;
    }
    const error = alert();
    figure.append(error);
    error.textContent = reason;
  });
  figure.append(img);
  return figure;
}

function shown(image, signal) {
  const link = (label, href) => h("a", { class: "button second", href }, label);
  const ways = image.hasPrefix
    ? [h("p", { class: "hint" }, GIVEN)]
    : [
        h("a", { class: "button", href: againAddress(image) }, "Again with this seed"),
        link("Vary: same settings, new seeds", varyAddress(image)),
      ];
  const gone = () => (location.hash = "#/images");
  const draws = commands(image);
  return h(
    "div",
    { class: "image" },
    large(image),
    h(
      "div",
      h(
        "div",
        { class: "actions" },
        ...ways,
        link("Edit", editAddress(image)),
        favouriteButton(image),
        ...worker("Download", () => download(image)),
        deleteImage("Delete", image, gone, signal),
      ),
      h("h2", "How it was drawn"),
      parameters(image),
      h("h2", "How long it took"),
      timings(image),
      h("h2", "Where it comes from"),
      origin(image),
      draws.length ? h("h2", "Draw it again") : null,
      ...draws,
    ),
  );
}

export function imageView(job, prompt, index, signal) {
  const heading = h("h1", { class: "prompt" }, "Image");
  const place = h("div");
  const error = alert();
  getPatiently(imagePath(job, `${prompt}/${index}`), signal, (text) => say(error, text))
    .then((image) => {
      heading.textContent = textOf(image);
      heading.classList.toggle("long", image.text.length > LONG);
      place.replaceWith(shown(image, signal));
    })
    .catch((failure) => {
      if (!signal.aborted) {
        error.textContent = failure.message;
      }
    });
  return { title: "Image", content: [heading, error, place] };
}
