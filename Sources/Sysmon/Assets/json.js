// JSON as it was sent: numbers of any length and the order of keys survive, since nothing is parsed into values.

/** The end of the value that begins at `index`; -1 for what is no JSON. */
function endOf(text, index) {
  const first = text[index];
  if (first === '"') return endOfString(text, index);
  if (first !== "{" && first !== "[") {
    while (index < text.length && !",]} \n\r\t".includes(text[index])) index += 1;
    return index;
  }
  let depth = 0;
  while (index < text.length) {
    const mark = text[index];
    if (mark === '"') {
      index = endOfString(text, index);
      if (index < 0) return -1;
      continue;
    }
    if (mark === "{" || mark === "[") depth += 1;
    if (mark === "}" || mark === "]") depth -= 1;
    index += 1;
    if (depth === 0) return index;
  }
  return -1;
}

function endOfString(text, index) {
  for (index += 1; index < text.length; index += 1) {
    if (text[index] === "\\") index += 1;
    else if (text[index] === '"') return index + 1;
  }
  return -1;
}

const skip = (text, index) => {
  while (index < text.length && " \n\r\t".includes(text[index])) index += 1;
  return index;
};

/** The members of an object, as the text of each value. */
export function members(text) {
  const found = new Map();
  let index = skip(text, 0);
  if (text[index] !== "{") return found;
  index = skip(text, index + 1);
  while (index < text.length && text[index] === '"') {
    const end = endOfString(text, index);
    if (end < 0) return found;
    let key;
    try { key = JSON.parse(text.slice(index, end)); } catch { return found; }
    index = skip(text, end);
    if (text[index] !== ":") return found;
    index = skip(text, index + 1);
    const stop = endOf(text, index);
    if (stop < 0) return found;
    found.set(key, text.slice(index, stop));
    index = skip(text, stop);
    if (text[index] === ",") index = skip(text, index + 1);
  }
  return found;
}

/** JSON with line breaks and indentation; every other character as it was. Text that is too long stays as it is. */
export function indented(text, longest = 100_000) {
  if (text.length > longest) return text;
  let out = "";
  let depth = 0;
  const line = () => `\n${"  ".repeat(Math.min(depth, 40))}`;
  for (let index = 0; index < text.length; index += 1) {
    const mark = text[index];
    if (mark === '"') {
      const end = endOfString(text, index);
      if (end < 0) return text;
      out += text.slice(index, end);
      index = end - 1;
    } else if (mark === "{" || mark === "[") {
      const next = skip(text, index + 1);
      if (text[next] === "}" || text[next] === "]") {
        out += mark + text[next];
        index = next;
      } else {
        depth += 1;
        out += mark + line();
      }
    } else if (mark === "}" || mark === "]") {
      depth -= 1;
      out += line() + mark;
    } else if (mark === ",") out += mark + line();
    else if (mark === ":") out += ": ";
    else if (!" \n\r\t".includes(mark)) out += mark;
  }
  return out;
}

/** Text as one word of a POSIX shell. */
export const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

export const byteCount = (text) => new TextEncoder().encode(text).length;
