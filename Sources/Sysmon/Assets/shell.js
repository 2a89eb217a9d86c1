// What stands around every page: header, navigation, banners, theme.

import { h, icon, setIcon, setText, setAttribute, reconcile, remember, recall, $ } from "./dom.js";
import { clock, count, rate, short } from "./format.js";
import * as api from "./api.js";
import { state, isAway, setPaused } from "./stream.js";
import { act } from "./dialog.js";

const entries = [
  ["", "Overview", "o"], ["nodes", "Nodes", "n"], ["queues", "Queues", "q", "/queues"], ["jobs", "Jobs", "j", "/jobs"],
  ["errors", "Errors", "e", "/dead/groups"], ["dead", "Dead letters", "d", "/dead"], ["cron", "Cron", "c", "/cron"],
  ["batches", "Batches", "b", "/batches"], ["webhooks", "Webhooks", "w", "/webhooks"], ["store", "Store", "s"],
  ["audit", "Audit", "a", "/audit", "admin"], ["settings", "Settings", ","],
];

/** The pages that there are, as `[path, title, key]`. */
export const places = () => entries.filter(([, , , route, scope]) => (!route || api.has(route)) && (!scope || api.can(scope)));

export function drawNav(active) {
  const nav = $("nav");
  nav.hidden = api.session.needsLogin;
  reconcile(nav, places(), ([path]) => path,
    ([path, title, key]) => h("a", { href: `#/${path}`, title: `${title} (g ${key})` }, h("span", {}, title), h("b", { class: "badge" })),
    (link, [path]) => setAttribute(link, "aria-current", path === active ? "page" : null));
  // On a phone the entries are a strip: the one that is shown must be in sight.
  nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function badges(snapshot) {
  const lost = snapshot.nodes.filter((node) => node.state === "lost").length;
  const values = { nodes: [lost, "is-bad"], dead: [snapshot.totals.failed, "is-bad"], jobs: [snapshot.totals.queued + snapshot.totals.running, ""], queues: [snapshot.queues.length, ""] };
  for (const link of $("nav").children) {
    const [value, tone] = values[link.dataset.key] ?? [0, ""];
    const badge = link.querySelector(".badge");
    setText(badge, value ? (value >= 100_000 ? `${count(Math.floor(value / 1000))}k` : count(value)) : "");
    setAttribute(badge, "class", `badge ${value ? tone : ""}`.trim());
  }
}

function pill(id, kind, tone, text, detail = "") {
  const value = $(id).querySelector("dd");
  setIcon(value.querySelector("svg"), kind, tone);
  setText(value.querySelector("span"), text);
  setText(value.querySelector("small"), detail);
}

function banners() {
  const { paused, snapshot, lostSince } = state;
  const list = [];
  if (isAway() && !paused && !document.hidden && !api.session.needsLogin) {
    list.push({ key: "link", big: true, title: "No connection to this console", text: snapshot ? `Stale since ${clock(lostSince)}, reconnecting.` : "Reconnecting." });
  }
  if (snapshot && snapshot.store.stale_since !== undefined) {
    const age = short(Math.max(0, snapshot.time - snapshot.store.stale_since) / 1e6);
    const reason = snapshot.store.error ? ` ${snapshot.store.error}` : "";
    list.push({ key: "store", big: true, title: `Store away. Stale since ${clock(snapshot.store.stale_since)}`, text: `(${age}), retrying.${reason}` });
  }
  if (snapshot && snapshot.registry.state !== "ok") {
    list.push({ key: "registry", title: "Registry degraded", text: `since ${clock(snapshot.registry.since)}. Known members stay; new ones cannot be seen.` });
  }
  snapshot?.store.warnings.slice(0, 5).forEach((text, index) => list.push({ key: `warning${index}`, title: "Store", text }));
  reconcile($("banners"), list, (item) => item.key,
    (item) => h("p", { class: item.big ? "banner is-big" : "banner" }, icon("warn"), h("b"), h("span")),
    (row, item) => {
      setText(row.querySelector("b"), item.title);
      setText(row.querySelector("span"), item.text);
    });
}

function live() {
  const { link, paused } = state;
  const [kind, tone, text] = paused ? ["pause", "is-faint", "Paused"]
    : link === "live" ? ["up", "is-good", "Live"]
    : link === "lost" ? ["lost", "is-bad", "Reconnecting"] : ["left", "is-faint", "Connecting"];
  setIcon($("live").querySelector("svg"), kind, tone);
  setText($("live").querySelector("span"), text);
  setAttribute($("live"), "aria-pressed", String(paused));
}

let pageTitle = "Overview";

/** Brings everything around the page up to date. */
export function shell(title = pageTitle) {
  pageTitle = title;
  const { link, paused, snapshot } = state;
  const body = document.body.classList;
  body.toggle("is-live", !paused && link === "live");
  body.toggle("is-login", api.session.needsLogin);
  body.toggle("is-off", isAway() && !paused && snapshot !== null);
  body.toggle("is-stale", snapshot?.store.stale_since !== undefined);
  live();
  banners();
  who();
  if (!snapshot) {
    document.title = `${pageTitle} · roost`;
    return;
  }
  badges(snapshot);
  const { store, registry } = snapshot;
  setText($("cluster"), snapshot.cluster);
  setText($("clock"), clock(snapshot.time));
  $("clock").dateTime = new Date(snapshot.time / 1000).toISOString();
  if (store.reachable) pill("pill-store", "up", "is-good", "ok", store.latency_ms === undefined ? "" : `${rate(store.latency_ms)} ms`);
  else pill("pill-store", "lost", "is-bad", "away");
  if (registry.state === "ok") pill("pill-registry", "up", "is-good", "ok");
  else pill("pill-registry", "warn", "is-warn", "degraded");
  const [up, draining, lost] = ["up", "draining", "lost"].map((name) => snapshot.nodes.filter((node) => node.state === name).length);
  const parts = [`${up} up`, draining && `${draining} draining`, lost && `${lost} lost`].filter(Boolean);
  pill("pill-nodes", lost ? "lost" : draining ? "draining" : "up", lost ? "is-bad" : draining ? "is-warn" : "is-good", parts.join(", "));
  document.title = `${store.reachable ? "" : "Store away · "}${lost ? `${lost} lost · ` : ""}${pageTitle} · ${snapshot.cluster} · roost`;
  setText($("foot-store"), [store.description, store.durability].filter(Boolean).join(" · "));
}

function who() {
  const { name, scopes, mode, needsLogin } = api.session;
  const button = $("who");
  const role = scopes === null ? null : ["admin", "operate", "submit", "read"].find((scope) => scopes.includes(scope));
  button.hidden = needsLogin || mode === "open" || name === null;
  setText(button, name ?? "");
  button.title = `${name ?? ""}: ${scopes?.join(", ") ?? "everything"}. Log out`;
  setText($("foot-mode"), needsLogin ? "" : can() ? (mode === "open" ? "Open: no tokens needed" : `Role: ${role}`) : "Read-only");
}

const can = () => api.can("operate");

$("who").addEventListener("click", () => act(() => api.logout(), "Logged out"));

const themes = ["system", "light", "dark"];
let theme = themes.includes(recall("theme")) ? recall("theme") : "system";

export const themeNow = () => theme;

export function setTheme(value) {
  theme = value;
  remember("theme", theme);
  applyTheme();
}

export const nextTheme = () => setTheme(themes[(themes.indexOf(theme) + 1) % themes.length]);

function applyTheme() {
  if (theme === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", theme);
  const text = theme === "system" ? "Theme: follows the system" : `Theme: ${theme}`;
  $("theme").title = `${text} (t)`;
  $("theme").setAttribute("aria-label", text);
}

$("theme").addEventListener("click", nextTheme);
$("live").addEventListener("click", () => setPaused(!state.paused));
$("find").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("find-text").value.trim();
  // An id leads to its job.
  location.hash = /^[0-9A-HJKMNP-TV-Z]{26}$/i.test(text) ? `#/jobs/${text.toUpperCase()}` : `#/jobs?q=${encodeURIComponent(text)}`;
  $("find-text").blur();
});
applyTheme();
