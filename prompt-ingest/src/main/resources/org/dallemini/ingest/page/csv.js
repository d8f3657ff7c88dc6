/**
 * The rows of a CSV text (RFC 4180), each with the number of the line that it begins in.
 *
 * @returns {{line: number, cells: string[]}[]}
 * @throws {Error} with the line, if a quote is not closed
 */
export function rowsOf(text, separator) {
  const rows = [];
  let cells = [];
  let cell = "";
  let isQuoted = false;
  let line = 1;
  let began = 1;
  const end = () => {
    cells.push(cell);
    rows.push({ line: began, cells });
    cells = [];
    cell = "";
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "\n") {
      line++;
    }
    if (isQuoted) {
      if (c !== '"') {
        cell += c;
      } else if (text[i + 1] === '"') {
        cell += text[++i];
      } else {
        isQuoted = false;
      }
    } else if (c === '"' && cell === "") {
      isQuoted = true;
    } else if (c === separator) {
      cells.push(cell);
      cell = "";
    } else if (c === "\n") {
      end();
      began = line;
    } else if (c !== "\r" || text[i + 1] !== "\n") {
      cell += c;
    }
  }
  if (isQuoted) {
    throw Object.assign(new Error("a quote is not closed"), { line: began });
  }
  if (cell || cells.length) {
    end();
  }
  return rows;
}
