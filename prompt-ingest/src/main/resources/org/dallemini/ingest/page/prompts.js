/** What a prompt may say, as the server has it by default; it looks at each again. */

const SAMPLING = ["temperature", "topK", "topP", "guidanceScale"];
const MOST_CHARACTERS = 2000;
const MOST_IMAGES = 64;
const MOST_LABELS = 32;

/** Characters that show nothing: a text of them alone is blank. */
const SHOWS_NOTHING = /[\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]/;

/** A prompt in the form of the API, of one whose settings may stand beside its text. */
export function promptOf(given) {
  const { sampling, ...fields } = given;
  if (sampling !== undefined && sampling !== null && (typeof sampling !== "object" || Array.isArray(sampling))) {
    throw new Error("sampling is no object");
  }
  const settings = { ...sampling };
  for (const name of SAMPLING.filter((one) => Object.hasOwn(fields, one))) {
    if (Object.hasOwn(settings, name)) {
      throw new Error(`${name} is there twice, beside the text and in sampling`);
    }
    settings[name] = fields[name];
    delete fields[name];
  }
  return { ...fields, sampling: settings };
}

function integer(least, most) {
  const range = most === undefined ? `from ${least} on` : `${least} to ${most}`;
  const isAllowed = (value) => Number.isInteger(value) && value >= least && value <= (most ?? 2 ** 31 - 1);
  return (value) => (isAllowed(value) ? "" : `allowed is ${range}`);
}

function decimal(isAllowed, range) {
  return (value) => (typeof value === "number" && isAllowed(value) ? "" : `allowed is ${range}`);
}

function fitting(pattern, otherwise) {
  return (value) => (typeof value === "string" && pattern.test(value) ? "" : otherwise);
}

function text(value) {
  if (typeof value !== "string") {
    return "it is no text";
  }
  if ([...value].length > MOST_CHARACTERS) {
    return `it has ${[...value].length} characters, allowed are ${MOST_CHARACTERS}`;
  }
  return CONTROLS.test(value) ? "it holds control characters" : "";
}

function seed(value) {
  const isOne = /^-?\d{1,19}$/.test(String(value)) && BigInt.asIntN(64, BigInt(value)) === BigInt(value);
  const isKept = typeof value === "string" || Number.isSafeInteger(value);
  return isOne && isKept ? "" : "allowed are whole numbers of 64 bits, those beyond 2^53 in quotes";
}

function labels(value) {
  const isMap = typeof value === "object" && !Array.isArray(value);
  const all = isMap ? Object.entries(value) : [];
  const isFine = all.every(([name, one]) => name.length <= 64 && typeof one === "string" && one.length <= 256);
  return isMap && isFine && all.length <= MOST_LABELS
    ? ""
    : `allowed are ${MOST_LABELS} with names of 64 and values of 256 characters`;
}

/** Each says what is wrong with a value that is given; "" if nothing is. */
const CHECKS = {
  text,
  negativeText: text,
  id: fitting(/^[\w-][\w.-]{0,127}$/, "allowed are letters, digits, '.', '_' and '-', at most 128"),
  count: integer(1, MOST_IMAGES),
  bestOf: integer(1, MOST_IMAGES),
  seed,
  deadline: fitting(/^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d)$/, "write it as 2026-01-31T12:00:00Z"),
  lane: fitting(/^(bulk|interactive)$/i, "allowed are BULK and INTERACTIVE"),
  labels,
  prefix: (value) => (typeof value === "object" ? "" : "it is no object"),
  temperature: decimal((value) => value > 0, "above 0"),
  topK: integer(0),
  topP: decimal((value) => value > 0 && value <= 1, "above 0 to 1"),
  guidanceScale: decimal((value) => value >= 0 && value <= 100, "0 to 100"),
  batchIndex: integer(0, 1023),
  batchSize: integer(1, 1024),
};
const OF_SAMPLING = [...SAMPLING, "batchIndex", "batchSize"];

/** @throws {Error} that says what is wrong with a prompt */
export function check(prompt) {
  const { sampling, ...fields } = prompt;
  for (const [name, value] of [...Object.entries(fields), ...Object.entries(sampling)]) {
    const isKnown = Object.hasOwn(CHECKS, name) && OF_SAMPLING.includes(name) === Object.hasOwn(sampling, name);
    if (!isKnown) {
      throw new Error(`the field ${name} is not known`);
    }
    const wrong = value === null || value === undefined ? "" : CHECKS[name](value);
    if (wrong) {
      throw new Error(`${name}: ${wrong}`);
    }
  }
  if (!fields.text || !fields.text.replace(SHOWS_NOTHING, "")) {
    throw new Error("text is blank: say what to draw");
  }
  if (fields.bestOf && fields.bestOf < (fields.count ?? 1)) {
    throw new Error(`bestOf is ${fields.bestOf} and count ${fields.count}: make it at least as many`);
  }
}
