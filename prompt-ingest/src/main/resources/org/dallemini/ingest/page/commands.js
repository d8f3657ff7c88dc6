import { escaped } from "./alternatives.js";

/** Commands that draw an image again, for a POSIX shell. */

function quoted(text) {
  return /^[A-Za-z0-9_./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** What draws the image again, as the API has it; null if it cannot be said: the page does not have its prefix. */
export function promptOf(image) {
  if (image.hasPrefix) {
    return null;
  }
  const { batchIndex, batchSize, ...chosen } = image.sampling;
  const sampling = batchSize > 1 ? { ...chosen, batchIndex, batchSize } : chosen;
  const prompt = { text: image.text, negativeText: image.negativeText, seed: image.seed, sampling };
  return image.negativeText === null ? { text: prompt.text, seed: prompt.seed, sampling } : prompt;
}

/** Of the command line; null if it cannot say what is needed. */
export function generate(image) {
  const prompt = promptOf(image);
  if (!prompt || prompt.sampling.batchSize) {
    return null;
  }
  const { temperature, topK, topP, guidanceScale } = prompt.sampling;
  const options = [
    ["--seed", prompt.seed],
    ["--temperature", temperature],
    ["--top-k", topK],
    ["--top-p", topP],
    ["--guidance", guidanceScale],
    ["--negative", prompt.negativeText],
  ];
  const given = options.filter(([, value]) => value !== null && value !== undefined);
  // An argument that begins with a dash would be taken for an option.
  const said = given.map(([name, value]) =>
    String(value).startsWith("-") ? `${name}=${quoted(String(value))}` : `${name} ${quoted(String(value))}`,
  );
  const text = prompt.text.startsWith("-") ? `-- ${quoted(prompt.text)}` : quoted(prompt.text);
  return prompt.text.startsWith("-")
    ? `./dallemini generate ${said.join(" ")} ${text}`
    : `./dallemini generate ${text} ${said.join(" ")}`;
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
  const prompt = promptOf(image);
  return addressOf(image, { ...prompt, ...prompt.sampling, count: 1 });
}

/** Where the form is filled with the same settings, and the seeds will be others. */
export function varyAddress(image) {
  const { sampling, ...prompt } = promptOf(image);
  const { batchIndex, batchSize, ...settings } = sampling;
  return addressOf(image, { ...prompt, ...settings, seed: null });
}

function addressOf(image, given) {
  const { sampling, ...values } = given;
  values.text = escaped(values.text);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined) {
      query.set(name, value);
    }
  }
  const labels = Object.entries(image.labels).filter(([name, value]) => !`${name}${value}`.includes(","));
  if (labels.length) {
    query.set("labels", labels.map(([name, value]) => `${name}:${value}`).join(", "));
  }
  return `#/?${query}`;
}
