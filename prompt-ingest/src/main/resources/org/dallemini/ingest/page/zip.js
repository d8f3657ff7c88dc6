/** Makes ZIP files whose entries are stored as they are, as pictures are compressed already (PKWARE's APPNOTE 6.3). */

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let c = i;
  for (let bit = 0; bit < 8; bit++) {
    c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  }
  return c >>> 0;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const VERSION = 20;
const FLAGS = 0x0800; // names are UTF-8
const STORED = 0;
/** Beyond these a file would need other records (ZIP64). */
const MOST_ENTRIES = 0xffff;
const MOST_BYTES = 0xffffffff;

/** Numbers, each with its width in bytes, little endian. */
function record(...fields) {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  let at = 0;
  for (const [width, value] of fields) {
    for (let i = 0; i < width; i++) {
      bytes[at++] = value >>> (8 * i);
    }
  }
  return bytes;
}

function dosTime(moment) {
  const year = Math.min(Math.max(moment.getFullYear(), 1980), 2107);
  return {
    date: ((year - 1980) << 9) | ((moment.getMonth() + 1) << 5) | moment.getDate(),
    time: (moment.getHours() << 11) | (moment.getMinutes() << 5) | (moment.getSeconds() >> 1),
  };
}

function distinct(names) {
  const taken = new Set();
  return names.map((name) => {
    const dot = name.lastIndexOf(".");
    const [stem, end] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
    let free = name;
    for (let i = 2; taken.has(free.toLowerCase()); i++) {
      free = `${stem}-${i}${end}`;
    }
    taken.add(free.toLowerCase());
    return free;
  });
}

/**
 * @param {{name: string, bytes: Uint8Array, moment: Date}[]} entries of one name get a number in it
 * @returns {Blob}
 * @throws {Error} if they are more than such a file holds
 */
export function zip(entries) {
  const size = entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (entries.length > MOST_ENTRIES || size > MOST_BYTES / 2) {
    throw new Error("That is more than one ZIP file holds: choose fewer.");
  }
  const names = distinct(entries.map(({ name }) => name));
  const files = [];
  const directory = [];
  let offset = 0;
  entries.forEach(({ bytes, moment }, i) => {
    const name = new TextEncoder().encode(names[i]);
    const { date, time } = dosTime(moment);
    const sizes = [[4, bytes.length], [4, bytes.length], [2, name.length], [2, 0]];
    const common = [[2, VERSION], [2, FLAGS], [2, STORED], [2, time], [2, date], [4, crc32(bytes)], ...sizes];
    const local = record([4, 0x04034b50], ...common);
    files.push(local, name, bytes);
    directory.push(record([4, 0x02014b50], [2, VERSION], ...common, [6, 0], [4, 0], [4, offset]), name);
    offset += local.length + name.length + bytes.length;
  });
  const length = directory.reduce((sum, part) => sum + part.length, 0);
  const { length: number } = entries;
  const end = record([4, 0x06054b50], [4, 0], [2, number], [2, number], [4, length], [4, offset], [2, 0]);
  return new Blob([...files, ...directory, end], { type: "application/zip" });
}
