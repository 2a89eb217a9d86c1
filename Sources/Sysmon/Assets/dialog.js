// Questions before what cannot be undone, and short notices after.

import { h, icon, $ } from "./dom.js";

/**
 * Asks before an action. `form` is an element with named inputs, whose values are the answer; `check` may say what is
 * wrong with them. Resolves to null when called off.
 */
export function ask({ title, text, action, danger = false, form = null, check = null }) {
  return new Promise((resolve) => {
    const fault = h("p", { class: "fault", role: "alert", hidden: true });
    const dialog = h("dialog", { class: "ask", "aria-labelledby": "h-ask" },
      h("form", { method: "dialog" },
        h("div", { class: "head" }, h("h2", { id: "h-ask" }, title)),
        h("div", { class: "inner" }, text ? h("p", { class: "question" }, text) : null, form, fault),
        h("div", { class: "buttons" },
          h("button", { type: "button", class: "button", value: "no", onclick: () => dialog.close("no") }, "Back"),
          h("button", { type: "submit", class: danger ? "button is-danger" : "button is-main", value: "yes" }, action))));
    const values = () => Object.fromEntries([...dialog.querySelectorAll("[name]")].map((input) => [input.name, input.type === "checkbox" ? input.checked : input.value]));
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      const wrong = check?.(values());
      if (wrong) {
        fault.textContent = wrong;
        fault.hidden = false;
      } else dialog.close("yes");
    });
    dialog.addEventListener("close", () => {
      const answer = dialog.returnValue === "yes" ? values() : null;
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    (dialog.querySelector("[name]") ?? dialog.querySelector(danger ? "button[value=no]" : "button[type=submit]")).focus();
  });
}

/** A notice that goes by itself; one of trouble stays longer. */
export function say(text, tone = "is-good") {
  const bad = tone === "is-bad";
  const note = h("p", { class: "notice" }, icon(bad ? "lost" : "up", tone), h("span", {}, text),
    h("button", { type: "button", class: "tool", "aria-label": "Dismiss", onclick: () => note.remove() }, "×"));
  const box = $("notices");
  box.append(note);
  while (box.children.length > 4) box.firstElementChild.remove();
  setTimeout(() => note.remove(), bad ? 12_000 : 5000);
}

export const complain = (error) => say(error.lines ? error.lines.slice(0, 4).join(". ") : String(error.message ?? error), "is-bad");

/** Does something once, with the button that began it switched off meanwhile; true when it went well. */
export async function act(work, done) {
  try {
    const answer = await work();
    const text = typeof done === "function" ? done(answer) : done;
    if (text) say(text);
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}

/** A labelled input of a dialog's form. */
export const field = (label, name, props = {}, hint = null) =>
  h("label", { class: "field" }, h("span", {}, label),
    props.rows ? h("textarea", { name, spellcheck: "false", rows: props.rows }, props.value ?? "") : h("input", { name, autocomplete: "off", spellcheck: "false", type: "text", ...props }),
    hint ? h("small", {}, hint) : null);

export const choice = (label, name, options, value) =>
  h("label", { class: "field" }, h("span", {}, label),
    h("select", { name }, options.map((option) => h("option", { value: option, selected: option === value }, option))));
