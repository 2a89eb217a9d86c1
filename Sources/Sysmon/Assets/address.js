/** The address of a page of the console: `address("jobs", { q: "type:mail" })`. */
export function address(path, query = {}) {
  const entries = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(entries).toString();
  return `#/${path}${text ? `?${text}` : ""}`;
}

/** A qualifier of a search, in quotation marks where it has spaces: `qualifier("error", "timed out")`. */
export const qualifier = (name, value) => (/[\s"\\]/.test(value) ? `${name}:"${value.replace(/[\\"]/g, "\\$&")}"` : `${name}:${value}`);

/** The words of a search; spaces in quotation marks are no end. */
export const words = (text) => text.match(/(?:[^\s"]|"(?:[^"\\]|\\.)*"?)+/g) ?? [];

/** A search in which a word without a name is a type, as most people mean it. */
export const searchText = (text) => words(text).map((word) => (/^"?[\w.-]+:/.test(word) ? word : qualifier("type", word.replaceAll('"', "")))).join(" ");

/** A path of the API or the console with names in it: path`/jobs/${id}`. */
export const path = (parts, ...names) => parts.reduce((all, part, index) => all + part + (index < names.length ? encodeURIComponent(names[index]) : ""), "");
