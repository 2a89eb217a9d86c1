// Tables whose rows are kept: what did not change is not touched, so that text can be selected and focus stays.

import { h, patch, reconcile, setText } from "./dom.js";

/**
 * A table.
 *
 * - `columns`: `{ name, class, cell(row) }`, where a cell is text or nodes without listeners
 * - `key(row)`: what tells one row from another
 * - `href(row)`: where Enter and a click lead
 * - `tone(row)`: a class for the row
 * - `onclick(action, row)`: called for a button with `data-act`
 * - `select`: a Set of the keys that are ticked, or null; `onselect()` after a change
 */
export function table({ caption, columns, key, href = null, tone = null, onclick = null, select = null, onselect = null, empty = "Nothing here." }) {
  const byKey = new Map();
  const all = select ? h("input", { type: "checkbox", "aria-label": "Select all on this page" }) : null;
  const body = h("tbody");
  const none = h("p", { class: "empty", hidden: true }, empty);
  const head = h("tr", {}, select ? h("th", { scope: "col", class: "tick" }, all) : null,
    columns.map((column) => h("th", { scope: "col", class: column.class }, column.name)));
  const element = h("div", { class: "scroll" },
    h("table", {}, h("caption", { class: "hidden" }, caption), h("thead", {}, head), body), none);

  const boxOf = (row) => row.querySelector("input[type=checkbox]");
  const create = (item) => {
    const row = h("tr", { class: "row" });
    if (select) row.append(h("td", { class: "tick" }, h("input", { type: "checkbox", "aria-label": `Select ${key(item)}` })));
    columns.forEach((column, index) => {
      const cell = h("td", { class: column.class });
      if (index === 0 && href) cell.append(h("a", { class: "open", href: href(item) }));
      row.append(cell);
    });
    if (href) row.classList.add("is-link");
    return row;
  };
  const update = (row, item) => {
    row.className = `row ${href ? "is-link" : ""} ${tone?.(item) ?? ""}`.trim();
    const offset = select ? 1 : 0;
    if (select) boxOf(row).checked = select.has(String(key(item)));
    columns.forEach((column, index) => {
      let cell = row.children[index + offset];
      if (index === 0 && href) {
        cell = cell.firstElementChild;
        if (cell.getAttribute("href") !== href(item)) cell.setAttribute("href", href(item));
      }
      const content = column.cell(item);
      if (typeof content === "string") setText(cell, content);
      else patch(cell, content);
    });
  };

  const setAll = () => {
    if (!all) return;
    const boxes = [...body.querySelectorAll("input[type=checkbox]")];
    all.checked = boxes.length > 0 && boxes.every((box) => box.checked);
    all.indeterminate = !all.checked && boxes.some((box) => box.checked);
    all.disabled = boxes.length === 0;
  };
  const tick = (row, on) => {
    boxOf(row).checked = on;
    if (on) select.add(row.dataset.key);
    else select.delete(row.dataset.key);
  };
  let lastTicked = null;
  element.addEventListener("change", (event) => {
    if (event.target === all) for (const row of body.children) tick(row, all.checked);
    else if (event.target.type === "checkbox") tick(event.target.closest("tr"), event.target.checked);
    setAll();
    onselect?.();
  });
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (!row) return;
    const button = event.target.closest("[data-act]");
    if (button) return onclick?.(button.dataset.act, byKey.get(row.dataset.key), button);
    if (event.target.type === "checkbox") {
      // With Shift: everything since the last one, as in a list of files.
      if (event.shiftKey && lastTicked?.isConnected) {
        const rows = [...body.children];
        const [from, to] = [rows.indexOf(lastTicked), rows.indexOf(row)].sort((a, b) => a - b);
        for (const each of rows.slice(from, to + 1)) tick(each, event.target.checked);
      }
      lastTicked = row;
      return;
    }
    if (href && !event.target.closest("a, button, input") && !String(getSelection())) row.querySelector("a.open")?.click();
  });

  return {
    element,
    update(rows, note = empty) {
      byKey.clear();
      for (const row of rows) byKey.set(String(key(row)), row);
      reconcile(body, rows, key, create, update);
      setAll();
      none.hidden = rows.length > 0;
      if (rows.length === 0) patch(none, note);
    },
    /** Ticks or unticks the row that has the focus. */
    toggle(row) {
      if (!select || !row) return;
      tick(row, !boxOf(row).checked);
      setAll();
      onselect?.();
    },
    get rows() { return [...byKey.values()]; },
  };
}

export const button = (act, label, tone = "") => h("button", { type: "button", class: `button ${tone}`.trim(), "data-act": act }, label);
