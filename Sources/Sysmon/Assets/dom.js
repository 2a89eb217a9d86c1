// Elements. Everything from outside becomes text (textContent) or an attribute; no markup is ever built from it.

const SVG = "http://www.w3.org/2000/svg";

export const $ = (id) => document.getElementById(id);

const isChild = (child) => child !== null && child !== undefined && child !== false;

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "href" && /^\s*[a-z][a-z0-9+.-]*:/i.test(value) && !/^https?:/i.test(value)) continue;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter(isChild));
  return element;
}

/** An element: `h("a", { href: "#/jobs", onclick: f }, "Jobs")`. Strings become text. */
export const h = (tag, props, ...children) => fill(document.createElement(tag), props, children);

/** The same for SVG. */
export const s = (tag, props, ...children) => fill(document.createElementNS(SVG, tag), props, children);

export const icon = (kind, tone = "") =>
  s("svg", { class: `icon ${tone}`.trim(), "aria-hidden": "true", viewBox: "0 0 10 10" }, s("use", { href: `#i-${kind}` }));

export function setIcon(element, kind, tone) {
  setAttribute(element, "class", `icon ${tone}`.trim());
  setAttribute(element.firstElementChild, "href", `#i-${kind}`);
}

/** Writes only what changed: selections and focus survive. */
export function setText(element, text) {
  text = String(text);
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return element.removeAttribute(name);
  value = value === true ? "" : String(value);
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Makes an element's children these, leaving alone those that look the same already. Listeners are no part of the look:
 * what they close over must not change while the look does not.
 */
export function patch(parent, ...children) {
  const fresh = children.flat(Infinity).filter(isChild).map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
  fresh.forEach((node, index) => {
    const old = parent.childNodes[index];
    if (!old) parent.append(node);
    else if (!old.isEqualNode(node)) old.replaceWith(node);
  });
  while (parent.childNodes.length > fresh.length) parent.lastChild.remove();
  return parent;
}

/** Makes a parent's children match items by key, moving and reusing what is there. */
export function reconcile(parent, items, keyOf, create, update) {
  const old = new Map();
  for (const child of parent.children) old.set(child.dataset.key, child);
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let child = old.get(key);
    if (child) old.delete(key);
    else {
      child = create(item);
      child.dataset.key = key;
    }
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
  for (const child of old.values()) child.remove();
}

export function remember(key, value) {
  try { localStorage.setItem(`roost.${key}`, value); } catch { /* private mode: forgotten with the page */ }
}

export function recall(key) {
  try { return localStorage.getItem(`roost.${key}`); } catch { return null; }
}

/** Copies text; on plain HTTP there is no clipboard but the old way. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { class: "hidden", readonly: true, "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
