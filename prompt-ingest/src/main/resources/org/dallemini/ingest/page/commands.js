import { escaped } from "./alternatives.js";

/** Commands that draw an image again, for a POSIX shell. */

function quoted(text) {
  return /^[A-Za-z0-9_./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** What draws the image again, as the API has it; null if it cannot be said: the page does not have its prefix. */
function promptOf({ hasPrefix, text, negativeText, seed, sampling }) {
  const { batchIndex, batchSize, ...settings } = sampling;
  const row = batchSize > 1 ? { batchIndex, batchSize } : {};
  const unwanted = negativeText === null ? {} : { negativeText };
  return hasPrefix ? null : { text, ...unwanted, seed, sampling: { ...settings, ...row } };
}

/** Of the command line; null if it cannot say what is needed. */
export function generate(image) {
  const prompt = promptOf(image);
  if (!prompt || prompt.sampling.batchSize) {
    return null;
  }
  const { temperature, topK, topP, guidanceScale } = prompt.sampling;
  const options = {
    "--seed": prompt.seed,
    "--temperature": temperature,
    "--top-k": topK,
    "--top-p": topP,
    "--guidance": guidanceScale,
    "--negative": prompt.negativeText,
  };
  const said = Object.entries(options)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => name + (isOption(value) ? "=" : " ") + quoted(String(value)))
    .join(" ");
  const text = quoted(prompt.text);
  return `./dallemini generate ${isOption(prompt.text) ? `${said} -- ${text}` : `${text} ${said}`}`;
}

/** Whether a value would be taken for an option. */
function isOption(value) {
  return String(value).startsWith("-");
}

/** Of the HTTP API. */
export function curl(image, withKey) {
  const prompt = promptOf(image);
  if (!prompt) {
    return null;
  }
  const key = withKey ? ' -H "Authorization: Bearer $DALLEMINI_KEY"' : "";
  const body = quoted(JSON.stringify({ prompts: [prompt] }));
  return `curl ${location.origin}/v1/jobs -H 'Content-Type: application/json'${key} -d ${body}`;
}

/** Where the form is filled with all that the image was drawn with. */
export function againAddress(image) {
  const { text, negativeText, sampling, ...values } = promptOf(image);
  return addressOf(image, { ...sampling, ...values, count: 1 });
}

/** Where the form is filled with the same settings, and the seeds will be others. */
export function varyAddress(image) {
  const { batchIndex, batchSize, ...settings } = image.sampling;
  return addressOf(image, settings);
}

/** Where the same form has the image itself to start from, to paint over what shall be drawn again. */
export function editAddress(image) {
  const { batchIndex, batchSize, ...settings } = image.sampling;
  return addressOf(image, { ...settings, edit: `${image.job}/${image.id}` });
}

function addressOf({ text, negativeText, labels }, given) {
  const kept = Object.entries(labels)
    .map(([name, value]) => `${name}:${value}`)
    .filter((label) => !label.includes(","));
  const all = { text: escaped(text), negativeText, ...given, labels: kept.join(", ") || null };
  return `#/?${new URLSearchParams(Object.entries(all).filter(([, value]) => value !== null && value !== undefined))}`;
}
