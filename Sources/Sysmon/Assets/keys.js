// The keyboard: pages by `g` and a letter, rows by j and k, search by a slash.

import { h, $ } from "./dom.js";
import { places, nextTheme } from "./shell.js";
import { state, setPaused } from "./stream.js";

const isTyping = (target) => target.closest?.("input:not([type=checkbox]), textarea, select") !== null && target.closest?.("input:not([type=checkbox]), textarea, select") !== undefined;

let waitsForPlace = 0;

const rows = () => [...$("main").querySelectorAll("tr.row, .item[tabindex]")].filter((row) => row.offsetParent !== null);
const here = () => document.activeElement?.closest?.("tr.row, .item[tabindex]");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const index = all.indexOf(here());
  const next = all[Math.min(all.length - 1, Math.max(0, index < 0 ? (step > 0 ? 0 : all.length - 1) : index + step))];
  if (next.tabIndex < 0) next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function find() {
  const field = $("main").querySelector("input[type=search]") ?? $("find-text");
  field.focus();
  field.select();
}

const actions = {
  "?": showHelp, "/": find, t: nextTheme, p: () => setPaused(!state.paused), j: () => move(1), k: () => move(-1),
  ArrowDown: () => here() && move(1), ArrowUp: () => here() && move(-1),
  Enter: () => here()?.querySelector("a.open")?.click(),
  x: () => here()?.querySelector("input[type=checkbox]")?.click(),
};

export function bindKeys() {
  $("help-open").addEventListener("click", showHelp);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const now = performance.now();
    if (waitsForPlace && now - waitsForPlace < 1500) {
      waitsForPlace = 0;
      const place = places().find(([, , key]) => key === event.key);
      if (place) {
        event.preventDefault();
        location.hash = `#/${place[0]}`;
        return;
      }
    }
    waitsForPlace = 0;
    if (event.key === "g") {
      waitsForPlace = now;
      return;
    }
    // A button or link that has the focus keeps its own Enter, and the page its arrows.
    if (event.key === "Enter" && event.target.closest?.("a, button")) return;
    if (event.key.startsWith("Arrow") && !here()) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function showHelp() {
  const line = (keys, text) => h("div", {}, h("dt", {}, keys.map((key) => [h("kbd", {}, key), " "])), h("dd", {}, text));
  const dialog = h("dialog", { id: "help", "aria-labelledby": "h-help" },
    h("form", { method: "dialog" },
      h("div", { class: "head" }, h("h2", { id: "h-help" }, "Keyboard"), h("button", { class: "tool", "aria-label": "Close" }, "×")),
      h("dl", { class: "keys" },
        line(["/"], "Find"), line(["j", "k"], "Next and previous row"), line(["Enter"], "Open the row"), line(["x"], "Tick the row"),
        line(["p"], "Pause or go on"), line(["t"], "Theme: system, light, dark"), line(["Esc"], "Leave a field, close this"),
        places().map(([, title, key]) => line(["g", key], title)))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
