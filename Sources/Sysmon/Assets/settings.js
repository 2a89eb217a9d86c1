// This browser's choices, who is here, and, for administrators, the tokens.

import { h, patch, setAttribute, copy, setText } from "./dom.js";
import { path } from "./address.js";
import { ago, when } from "./format.js";
import * as api from "./api.js";
import { setTheme, themeNow } from "./shell.js";
import { act, ask, choice, field, say } from "./dialog.js";
import { button, table } from "./table.js";

export function settings(view) {
  const themes = ["system", "light", "dark"].map((name) => h("button", { type: "button", "aria-pressed": String(themeNow() === name), onclick: () => {
    setTheme(name);
    themes.forEach((each) => setAttribute(each, "aria-pressed", String(each === themes[["system", "light", "dark"].indexOf(name)])));
  } }, name));
  const fact = (title, ...value) => h("div", {}, h("dt", {}, title), h("dd", {}, value));
  const { name, scopes, mode } = api.session;
  const version = h("dd", {}, "–");
  view.root.append(view.heading("Settings"), h("div", { class: "columns" },
    h("section", { class: "card", "aria-label": "This browser" }, h("div", { class: "head" }, h("h2", {}, "This browser")),
      h("dl", { class: "facts" }, fact("Theme", h("div", { class: "segments", role: "group", "aria-label": "Theme" }, themes)),
        fact("You", mode === "open" ? "anyone: this cluster asks for no tokens" : name ?? "–"), mode === "open" ? null : fact("May", scopes === null ? "everything" : scopes.join(", ")),
        mode === "open" ? null : fact("Session", h("button", { type: "button", class: "button is-small", onclick: () => act(() => api.logout(), "Logged out") }, "Log out")),
        h("div", {}, h("dt", {}, "Server"), version), fact("API", h("a", { href: "api/docs" }, "documentation"), " · ", h("a", { href: "api/openapi.json" }, "openapi.json")))),
    api.has("/tokens") && api.session.paths && api.can("admin") ? tokens() : null));
  api.get("/version").then((answer) => setText(version, `${answer.name} ${answer.version}`), () => {});
  return {};
}

function tokens() {
  const fault = h("p", { class: "fault", role: "alert", hidden: true });
  const list = table({
    caption: "Tokens", key: (token) => token.id, empty: "No tokens yet.", onclick: (verb, token) => revoke(token),
    columns: [
      { name: "Name", class: "name", cell: (token) => token.name },
      { name: "May", class: "soft", cell: (token) => (token.scopes ?? []).join(", ") },
      { name: "Made", class: "r p2", cell: (token) => h("span", { title: `${when(token.created_at)}${token.created_by ? ` by ${token.created_by}` : ""}` }, ago(token.created_at)) },
      { name: "Ends", class: "r p2", cell: (token) => (token.expires_at ? h("span", { title: when(token.expires_at) }, ago(token.expires_at)) : h("span", { class: "zero" }, "never")) },
      { name: "", class: "r acts", cell: () => button("revoke", "Revoke", "is-small is-danger") },
    ],
  });
  const load = () => api.get("/tokens").then((answer) => {
    fault.hidden = true;
    list.update(answer);
  }, (error) => {
    setText(fault, error.message);
    fault.hidden = false;
  });
  async function revoke(token) {
    const yes = await ask({ title: `Revoke ${token.name}?`, text: "Whoever uses it is refused from now on. This cannot be undone.", action: "Revoke 1 token", danger: true });
    if (yes && (await act(() => api.remove(path`/tokens/${token.id}`), `${token.name} revoked`))) load();
  }
  async function make() {
    const answer = await ask({
      title: "New token", action: "Make", check: (form) => (form.name.trim() ? null : "It needs a name"),
      form: h("div", { class: "form" }, field("Name", "name", { placeholder: "ci" }), choice("Role", "role", ["viewer", "operator", "admin"], "viewer"), field("Ends after days", "days", { inputmode: "numeric", placeholder: "never" })),
    });
    if (!answer) return;
    const days = Number(answer.days);
    let made;
    if (!(await act(async () => { made = await api.post("/tokens", { name: answer.name.trim(), role: answer.role, ...(days > 0 ? { expires_in: days * 86_400 } : {}) }); }, "Token made"))) return;
    load();
    await ask({ title: "Keep it now", text: "It is shown this once; only its digest is stored.", action: "Done", form: h("p", { class: "secret" }, h("code", {}, made.token), h("button", { type: "button", class: "button is-small", onclick: async () => say((await copy(made.token)) ? "Copied" : "The browser did not allow it") }, "Copy")) });
  }
  load();
  return h("section", { class: "card", "aria-label": "Tokens" }, h("div", { class: "head" }, h("h2", {}, "Tokens"), h("span", { class: "spring" }), h("button", { type: "button", class: "button is-main is-small", onclick: make }, "New")), fault, list.element);
}
