// Where jobs rest, and where members find one another: is it well, what does it hold, what does it survive.

import { h, icon, patch, setText } from "./dom.js";
import { clock, count, plural, rate, short } from "./format.js";
import * as api from "./api.js";
import { follow } from "./stream.js";
import { table } from "./table.js";

const most = 200;

export function store(view) {
  const health = h("section", { class: "card", "aria-label": "Store" });
  const totals = h("section", { class: "card", "aria-label": "Since the store was made" });
  const note = h("span", { class: "note" });
  const number = (value) => (value ? count(value) : h("span", { class: "zero" }, value === null || value === undefined ? "–" : "0"));
  const group = (stream) => stream.consumerGroups?.[0] ?? {};
  const list = table({
    caption: "Streams", key: (stream) => stream.stream, empty: "No streams: they are there while jobs are.",
    columns: [
      { name: "Stream", class: "name", cell: (stream) => stream.stream },
      { name: "Entries", class: "r strong", cell: (stream) => number(stream.length) },
      { name: "Group", class: "soft p2", cell: (stream) => String(group(stream).name ?? "–") },
      { name: "Consumers", class: "r p2", cell: (stream) => number(group(stream).consumers) },
      { name: "Pending", class: "r", cell: (stream) => number(group(stream).pending) },
      { name: "Lag", class: "r", cell: (stream) => number(group(stream).lag) },
      { name: "Last delivered", class: "r p3 mono", cell: (stream) => String(group(stream)["last-delivered-id"] ?? "–") },
    ],
  });
  const streams = h("section", { class: "card", "aria-label": "Streams", hidden: true }, h("div", { class: "head" }, h("h2", {}, "Streams"), note), list.element);
  view.root.append(view.heading("Store"), h("div", { class: "columns" }, health, totals), streams);
  const fact = (title, ...value) => h("div", {}, h("dt", {}, title), h("dd", {}, value));
  const feed = follow((signal) => api.get("/jobs/stats", { signal }), (answer) => {
    const rows = answer?.streams;
    streams.hidden = !Array.isArray(rows);
    if (streams.hidden) return;
    list.update([...rows].sort((a, b) => b.length - a.length).slice(0, most));
    setText(note, `${plural(rows.length, "stream")}, ${plural(answer.length, "entry", "entries")}${rows.length > most ? `, the ${most} longest shown` : ""}`);
  }, () => { streams.hidden = true; });
  return {
    update(snapshot) {
      feed.tick(snapshot);
      const { store: shown, registry, counters } = snapshot;
      patch(health, h("div", { class: "head" }, h("h2", {}, "Health")),
        h("dl", { class: "facts" },
          fact("State", h("span", { class: `state ${shown.reachable ? "is-good" : "is-bad"}` }, icon(shown.reachable ? "up" : "lost"), h("b", {}, shown.reachable ? "reachable" : "away"))),
          shown.stale_since === undefined ? null : fact("Stale since", clock(shown.stale_since)),
          shown.error ? fact("Error", h("span", { class: "is-bad" }, shown.error)) : null,
          fact("What", h("code", {}, shown.description)), fact("Survives", shown.durability || "–"),
          fact("Answers in", shown.latency_ms === undefined ? "–" : `${rate(shown.latency_ms)} ms`),
          fact("Registry", h("span", { class: registry.state === "ok" ? "is-good" : "is-warn" }, registry.state), ` since ${clock(registry.since)}`),
          fact("Looked at", `every ${short(snapshot.interval)}, with two calls however many jobs there are`)),
        shown.warnings.length ? h("ul", { class: "lines" }, shown.warnings.map((text) => h("li", {}, icon("warn", "is-warn"), h("span", {}, text)))) : null);
      patch(totals, h("div", { class: "head" }, h("h2", {}, "Since the store was made")),
        h("dl", { class: "facts" }, Object.entries(counters).map(([name, value]) => fact(name[0].toUpperCase() + name.slice(1), count(value)))));
    },
    end: () => feed.end(),
  };
}
