// The console: which page the address names, and what all pages share.

import { h, $ } from "./dom.js";
import { address } from "./address.js";
import * as api from "./api.js";
import * as stream from "./stream.js";
import { shell, drawNav } from "./shell.js";
import { bindKeys } from "./keys.js";
import { overview } from "./overview.js";
import { nodes, node } from "./nodes.js";
import { queues } from "./queues.js";
import { jobs } from "./jobs.js";
import { job } from "./job.js";
import { errors } from "./errors.js";
import { crons } from "./cron.js";
import { batches } from "./batches.js";
import { webhooks, webhook } from "./webhooks.js";
import { store } from "./store.js";
import { audit } from "./audit.js";
import { settings } from "./settings.js";
import { login } from "./login.js";

const dead = (view) => jobs(view, { fixed: "failed" });

/** Address, title, page, and the route of the API it cannot do without. */
export const pages = [
  ["", "Overview", overview],
  ["nodes", "Nodes", nodes],
  ["nodes/:name", "Node", node],
  ["queues", "Queues", queues, "/queues"],
  ["jobs", "Jobs", jobs, "/jobs"],
  ["jobs/:id", "Job", job, "/jobs/{id}"],
  ["errors", "Errors", errors, "/dead/groups"],
  ["dead", "Dead letters", dead, "/dead"],
  ["cron", "Cron", crons, "/cron"],
  ["batches", "Batches", batches, "/batches"],
  ["batches/:id", "Batch", batches, "/batches"],
  ["webhooks", "Webhooks", webhooks, "/webhooks"],
  ["webhooks/:id", "Webhook", webhook, "/webhooks"],
  ["store", "Store", store],
  ["audit", "Audit", audit, "/audit", "admin"],
  ["settings", "Settings", settings],
];

let current = null;
let shownPath = null;
let isLogin = false;

function parse() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const parts = path.split("/").filter(Boolean).map((part) => { try { return decodeURIComponent(part); } catch { return part; } });
  return { path, parts, query: new URLSearchParams(query ?? "") };
}

function match(parts) {
  for (const [pattern, title, page, route, scope] of pages) {
    const wanted = pattern.split("/").filter(Boolean);
    if (wanted.length !== parts.length) continue;
    const params = {};
    if (wanted.every((part, index) => (part.startsWith(":") ? ((params[part.slice(1)] = parts[index]), true) : part === parts[index]))) return { title, page, route, scope, params };
  }
  return null;
}

function navigate(anew = false) {
  const { path, parts, query } = parse();
  const found = match(parts);
  if (!anew && current?.onQuery && shownPath === path) return current.onQuery(query);
  current?.end?.();
  current = null;
  const root = $("main");
  root.replaceChildren();
  const moved = shownPath !== null && shownPath !== path;
  shownPath = path;
  stream.watchJob(null, null);
  const view = {
    root, query, params: found?.params ?? {}, title: found?.title ?? "Not found", go: (to) => { location.hash = to; },
    /** Puts a question into the address, so that it can be kept and sent; the page hears of it by `onQuery`. */
    ask(next, { replace = false } = {}) {
      const target = address(path, next);
      if (target === location.hash) return;
      if (replace) {
        history.replaceState(null, "", target);
        navigate();
      } else location.hash = target;
    },
    heading: (text, ...more) => h("div", { class: "title" }, h("h1", { tabindex: "-1", id: "h-page" }, text), ...more),
  };
  view.titled = (text) => { view.title = text; shell(view.title); };
  isLogin = api.session.needsLogin;
  drawNav(parts[0] ?? "");
  if (api.session.needsLogin) current = login(view);
  else if (!found) root.append(view.heading("Not found"), h("p", { class: "empty" }, "There is no such page. ", h("a", { href: "#/" }, "Overview")));
  else if (found.scope && !api.can(found.scope)) root.append(view.heading(found.title), h("p", { class: "empty" }, "Your token does not allow this page."));
  else current = found.page(view) ?? {};
  shell(view.title);
  if (stream.state.snapshot) current?.update?.(stream.state.snapshot);
  if (moved && !root.contains(document.activeElement)) (root.querySelector("[data-focus]") ?? $("h-page"))?.focus({ preventScroll: true });
  if (moved) scrollTo(0, 0);
}

stream.onChange((snapshot) => {
  shell();
  if (snapshot) current?.update?.(snapshot);
});

api.onSession(() => {
  if (api.session.needsLogin) stream.disconnect();
  else stream.begin();
  // Who types a token must not lose what is typed.
  if (!(api.session.needsLogin && isLogin)) navigate(true);
});

addEventListener("hashchange", () => navigate());
bindKeys();
await api.discover();
