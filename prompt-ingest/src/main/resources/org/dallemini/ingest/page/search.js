/** What the gallery is searched for: of it, the server looks for words and labels, and the page for the rest. */

/** In the address and in the form; the first two are the server's. */
export const NAMES = ["text", "label", "seed", "day"];
const SERVERS = ["text", "label"];

export function ofServer(given) {
  return new URLSearchParams([...given].filter(([name]) => SERVERS.includes(name)));
}

export function isLocal(given) {
  return given.has("seed") || given.has("day");
}

/** The day of a moment in the reader's time zone, as a field of a date has it. */
function dayOf(instant) {
  const moment = new Date(instant);
  const two = (number) => String(number).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

export function fits(image, given) {
  const isSeed = !given.has("seed") || image.seed === given.get("seed");
  return isSeed && (!given.has("day") || dayOf(image.requestedAt) === given.get("day"));
}
