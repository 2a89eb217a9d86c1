// Dead letters by what went wrong: one bad deploy is one row.

import { h, setText } from "./dom.js";
import { address, qualifier } from "./address.js";
import { ago, count, plural, tail, when } from "./format.js";
import * as api from "./api.js";
import { follow } from "./stream.js";
import { actOnAll } from "./jobrows.js";
import { button, table } from "./table.js";

export function errors(view) {
  const tally = h("span", { class: "count" });
  const fault = h("p", { class: "fault", role: "alert", hidden: true });
  const note = h("p", { class: "soft lead" });
  /** The longest part of the pattern that every error of the group has, and its type. */
  const query = (group) => {
    const part = group.error.split(/#|"…"/).map((piece) => piece.trim()).sort((a, b) => b.length - a.length)[0] ?? "";
    return [qualifier("type", group.type), part.length > 2 ? qualifier("error", part) : ""].filter(Boolean).join(" ");
  };
  const list = table({
    caption: "Errors", key: (group) => `${group.type} ${group.error}`, empty: "No dead letters. Good.",
    href: (group) => address("dead", { q: query(group) }),
    onclick: (verb, group) => replay(group),
    columns: [
      { name: "Error", class: "grow wrap", cell: (group) => h("span", { class: "is-bad", title: group.error }, group.error || "(no text)") },
      { name: "Type", class: "name", cell: (group) => group.type },
      { name: "Newest", class: "p3 mono", cell: (group) => (group.examples?.[0] ? h("a", { href: address(`jobs/${group.examples[0]}`) }, tail(group.examples[0])) : "–") },
      { name: "Jobs", class: "r strong", cell: (group) => count(group.count) },
      { name: "First", class: "r p3", cell: (group) => h("span", { title: when(group.oldest) }, ago(group.oldest)) },
      { name: "Last", class: "r p2", cell: (group) => h("span", { title: when(group.newest) }, ago(group.newest)) },
      { name: "", class: "r acts", cell: () => (api.can("operate") ? button("replay", "Replay…", "is-small") : "") },
    ],
  });
  view.root.append(view.heading("Errors", tally), note, h("section", { class: "card", "aria-label": "Errors", "data-aged": true }, fault, list.element));
  const feed = follow((signal) => api.get("/dead/groups", { signal }), (answer) => {
    const { groups } = answer;
    fault.hidden = true;
    list.update(groups);
    setText(tally, plural(groups.length, "group"));
    setText(note, answer.has_more ? `Of the newest ${plural(answer.looked, "dead letter")}; there are more.` : groups.length ? `${plural(answer.looked, "dead letter")} by what went wrong; # stands for what differs.` : "");
  }, (error) => {
    setText(fault, error.status === 501 ? "This store does not group errors." : error.message);
    fault.hidden = false;
  });
  async function replay(group) {
    const acted = await actOnAll({ title: "Replay", action: "Replay", done: { field: "done", text: "queued again" }, call: (dry) => api.post("/jobs/actions", { action: "retry", q: `state:failed ${query(group)}`, limit: 10_000, dry_run: dry }) });
    if (acted) feed.now();
  }
  return { update: (snapshot) => feed.tick(snapshot), end: () => feed.end() };
}
