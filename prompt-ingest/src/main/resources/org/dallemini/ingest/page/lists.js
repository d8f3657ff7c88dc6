import { rowsOf } from "./csv.js";
import { check, promptOf } from "./prompts.js";

/** Files of prompts: a text with a prompt a line, CSV with a header, or JSON lines; see docs/bulk.md. */

/**
 * @typedef {object} List
 * @property {{line: number, prompt: object}[]} prompts as the API has them
 * @property {{line: number, reason: string}[]} bad lines that are none
 * @property {number} blank lines that were skipped
 */

const LABEL = "label.";
const FIELDS = [
  "text",
  "id",
  "negativeText",
  "count",
  "bestOf",
  "seed",
  "deadline",
  "temperature",
  "topK",
  "topP",
  "guidanceScale",
];
/** What other programs call our fields. */
const SYNONYMS = {
  prompt: "text",
  n: "count",
  best_of: "bestOf",
  negative_prompt: "negativeText",
  cfg_scale: "guidanceScale",
};
const INTEGERS = ["count", "bestOf", "topK"];
const DECIMALS = ["temperature", "topP", "guidanceScale"];

/** Capitals, blanks, hyphens and underscores make no difference. */
function bare(name) {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}

const BY_NAME = new Map([
  ...FIELDS.map((name) => [bare(name), name]),
  ...Object.entries(SYNONYMS).map(([other, name]) => [bare(other), name]),
]);

/**
 * Reads a file of prompts by what its name ends in.
 *
 * @returns {List}
 */
export function readList(name, text) {
  const list = { prompts: [], bad: [], blank: 0 };
  const content = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  if (content.includes("\u0000") || content.includes("\ufffd")) {
    list.bad.push({ line: 1, reason: "the file is no text in UTF-8: save it in that encoding" });
    return list;
  }
  if (/\.(csv|tsv|tab)$/i.test(name)) {
    readCsv(content, list);
  } else if (/\.(jsonl|ndjson|json)$/i.test(name)) {
    readLines(content, list, fromJson);
  } else {
    readLines(content, list, fromText);
  }
  checkIds(list);
  return list;
}

/** @param {function} read makes an object with our fields of a line, or throws */
function readLines(content, list, read) {
  const lines = content.replace(/\n$/, "").split("\n");
  lines.forEach((line, i) => {
    if (line.trim()) {
      take(list, i + 1, () => read(line.trim()));
    } else {
      list.blank++;
    }
  });
}

/** Adds what is a prompt to the prompts, and what is none to the bad lines. */
function take(list, line, read) {
  try {
    const prompt = promptOf(read());
    check(prompt);
    list.prompts.push({ line, prompt });
  } catch (failure) {
    list.bad.push({ line, reason: failure.message });
  }
}

function fromText(line) {
  if (/^--?[a-z]/i.test(line)) {
    throw new Error("begins with a flag, which is not read here: ‘dallemini submit’ does");
  }
  return { text: line };
}

function fromJson(line) {
  let value;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error("no JSON: write an object a line, with at least a text");
  }
  if (typeof value === "string") {
    return { text: value };
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Error("no JSON object: write one with at least a text");
  }
  const fields = {};
  for (const [name, given] of Object.entries(value)) {
    const ours = Object.hasOwn(SYNONYMS, name) ? SYNONYMS[name] : name;
    if (Object.hasOwn(fields, ours)) {
      throw new Error(`${name} is there under two names: leave one of them out`);
    }
    fields[ours] = given;
  }
  return fields;
}

/** The separator that makes a field named text of the header; a comma if none does. */
function separatorOf(header) {
  const isText = (name) => BY_NAME.get(bare(name.replace(/"/g, ""))) === "text";
  const hasText = (separator) => header.split(separator).some(isText);
  return [",", ";", "\t"].find(hasText) ?? ",";
}

function readCsv(content, list) {
  let rows;
  try {
    rows = rowsOf(content, separatorOf(content.split("\n", 1)[0]));
  } catch (failure) {
    list.bad.push({ line: failure.line, reason: failure.message });
    return;
  }
  const columns = (rows.shift()?.cells ?? []).map((name) => columnOf(name.trim()));
  const unknown = columns.find((column) => column.unknown);
  if (unknown || !columns.some(({ field }) => field === "text")) {
    const known = `${FIELDS.join(", ")} or ${LABEL}NAME`;
    const reason = unknown
      ? `there is no field for the column ${unknown.unknown}: use ${known}`
      : "no column is named text: name the columns in the first line";
    list.bad.push({ line: 1, reason });
    return;
  }
  const names = columns.map(({ field, label }) => field ?? LABEL + label);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) {
    list.bad.push({ line: 1, reason: `the column ${twice} is there twice` });
    return;
  }
  for (const { line, cells } of rows) {
    if (cells.every((cell) => !cell.trim())) {
      list.blank++;
    } else {
      take(list, line, () => fromCells(cells, columns));
    }
  }
}

function columnOf(name) {
  if (name.toLowerCase().startsWith(LABEL) && name.length > LABEL.length) {
    return { label: name.slice(LABEL.length) };
  }
  const field = BY_NAME.get(bare(name));
  return field ? { field } : { unknown: name || "without a name" };
}

function fromCells(cells, columns) {
  if (cells.length > columns.length) {
    const number = `${cells.length} cells for ${columns.length} columns`;
    throw new Error(`${number}: put quotes around a text that holds the separator`);
  }
  const fields = { labels: {} };
  cells.forEach((cell, i) => {
    const { field, label } = columns[i];
    const value = cell.trim();
    if (value && label) {
      fields.labels[label] = value;
    } else if (value) {
      fields[field] = field === "text" || field === "negativeText" ? cell : numeric(field, value);
    }
  });
  return fields;
}

function numeric(field, value) {
  if (field === "seed") {
    return value.replace(/\.0*$/, ""); // as a text, which keeps all digits
  }
  if (INTEGERS.includes(field) && /^[+-]?\d+(\.0*)?$/.test(value)) {
    return Number(value);
  }
  return DECIMALS.includes(field) && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : value;
}

/** An id is there once. */
function checkIds(list) {
  const lines = new Map();
  list.prompts.forEach(({ line, prompt }) => {
    const before = prompt.id ? lines.get(prompt.id) : undefined;
    if (before) {
      list.bad.push({ line, reason: `the id ${prompt.id} is that of line ${before} already` });
    } else if (prompt.id) {
      lines.set(prompt.id, line);
    }
  });
  list.bad.sort((one, other) => one.line - other.line);
}
