// Where a token is asked for.

import { h, setText } from "./dom.js";
import * as api from "./api.js";

export function login(view) {
  const token = h("input", { id: "token", name: "token", type: "password", autocomplete: "current-password", spellcheck: "false", required: true, "data-focus": true });
  const fault = h("p", { class: "fault", role: "alert", hidden: true });
  const send = h("button", { type: "submit", class: "button is-main" }, "Log in");
  view.title = "Log in";
  view.root.append(h("form", { class: "card login", onsubmit: async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      await api.login(token.value.trim());
    } catch (error) {
      setText(fault, error.status === 401 ? "This token is not known here." : error.message);
      fault.hidden = false;
      token.select();
    } finally {
      send.disabled = false;
    }
  } },
    h("h1", { id: "h-page", tabindex: "-1" }, "Log in"),
    h("label", { class: "field" }, h("span", {}, "Token"), token, h("small", {}, "roost token create makes one")), fault, send));
  token.focus();
  return {};
}
