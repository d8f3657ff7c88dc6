/**
 * Texts with alternatives in braces: "a {red,blue} {cat,dog}" stands for four, of which the last braces change first.
 * Commas separate, or bars as on the command line: where there is a bar, commas are text. A backslash makes a brace, a
 * comma, a bar or a backslash a character of the text.
 */

const ESCAPED = /\\([{}|,\\])/y;

/**
 * All texts that one stands for; more than can be wanted are counted, not made.
 *
 * @param {number} most as many are made
 * @returns {{count: number, texts: string[]}}
 * @throws {Error} if braces do not match or lie in each other
 */
export function expand(text, most) {
  const parts = [];
  let word = "";
  let inside = null; // of braces that are open: characters, and where something separates
  for (let i = 0; i < text.length; i++) {
    ESCAPED.lastIndex = i;
    const literal = ESCAPED.exec(text)?.[1];
    const c = literal ?? text[i];
    if (literal) {
      i++;
    }
    if (!literal && c === "{") {
      if (inside) {
        throw refusal("opens a brace within another");
      }
      parts.push([word]);
      word = "";
      inside = [];
    } else if (!literal && c === "}") {
      if (!inside) {
        throw refusal("closes a brace that is not open");
      }
      parts.push(divided(inside));
      inside = null;
    } else if (inside) {
      inside.push({ c, separates: !literal && (c === "," || c === "|") });
    } else {
      word += c;
    }
  }
  if (inside) {
    throw refusal("leaves a brace open");
  }
  parts.push([word]);
  const count = parts.reduce((product, part) => product * part.length, 1);
  return { count, texts: count > most ? [] : combined(parts) };
}

function refusal(what) {
  return new Error(`The text ${what}: write \\{ or \\} for the character itself.`);
}

/** What stands in braces, at its bars or else at its commas. */
function divided(characters) {
  const separator = characters.some(({ c, separates }) => separates && c === "|") ? "|" : ",";
  const all = [""];
  for (const { c, separates } of characters) {
    if (separates && c === separator) {
      all.push("");
    } else {
      all[all.length - 1] += c;
    }
  }
  return all;
}

function combined(parts) {
  return parts
    .reduce((texts, part) => texts.flatMap((text) => part.map((one) => text + one)), [""])
    .map((text) => text.trim());
}

export function escaped(text) {
  return text.replace(/[{}]|\\(?=[{}|,\\])/g, "\\$&");
}
