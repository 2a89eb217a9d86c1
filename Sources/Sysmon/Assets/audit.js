// Who did what, newest first.

import { h, patch, setText } from "./dom.js";
import { address } from "./address.js";
import { ago, cut, when } from "./format.js";
import * as api from "./api.js";
import { follow } from "./stream.js";
import { table } from "./table.js";

export function audit(view) {
  const fault = h("p", { class: "fault", role: "alert", hidden: true });
  const pager = h("div", { class: "pager" });
  let query = view.query;
  const list = table({
    caption: "Audit log", key: (entry) => entry.id ?? `${entry.at} ${entry.action} ${entry.target}`, empty: "Nothing was done yet.",
    columns: [
      { name: "When", cell: (entry) => h("time", { datetime: entry.at, title: when(entry.at) }, ago(entry.at)) },
      { name: "Who", class: "name", cell: (entry) => h("span", { title: entry.token ?? "" }, cut(String(entry.who ?? "–"), 60)) },
      { name: "Action", class: "strong", cell: (entry) => String(entry.action ?? "–") },
      { name: "What", class: "mono grow", cell: (entry) => cut(String(entry.target ?? entry.route ?? ""), 120) },
      { name: "Status", class: "r p2", cell: (entry) => h("span", { class: entry.status >= 400 ? "is-bad" : "soft" }, String(entry.status ?? "–")) },
      { name: "From", class: "p3 soft mono", cell: (entry) => cut(String(entry.forwarded_for ?? entry.remote ?? "–"), 60) },
      { name: "By", class: "p4 soft mono", cell: (entry) => cut(String(entry.member ?? "–"), 60) },
    ],
  });
  view.root.append(view.heading("Audit"), h("section", { class: "card", "aria-label": "Audit log" }, fault, list.element, pager));
  const feed = follow((signal) => api.list(`/audit?limit=50${query.get("before") ? `&before=${encodeURIComponent(query.get("before"))}` : ""}`, { signal }), (answer) => {
    fault.hidden = true;
    list.update(answer.items);
    const next = answer.links.next;
    patch(pager, query.get("before") ? h("a", { class: "button", href: address("audit") }, "Newest") : null, next ? h("a", { class: "button", href: address("audit", { before: next.get("before") }) }, "Older") : null);
    pager.hidden = !pager.childNodes.length;
  }, (error) => {
    setText(fault, error.message);
    fault.hidden = false;
  });
  let ticks = 0;
  return {
    update(snapshot) {
      ticks += 1;
      if (ticks % 5 === 0) feed.tick(snapshot, true);
    },
    onQuery(next) {
      query = next;
      feed.anew();
    },
    end: () => feed.end(),
  };
}
