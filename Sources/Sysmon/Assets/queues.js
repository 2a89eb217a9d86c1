// Queues: how deep, how old, how they are limited; pause, resume and change them.

import { h, setText, icon } from "./dom.js";
import { address, path, qualifier } from "./address.js";
import { count, rateText, short } from "./format.js";
import * as api from "./api.js";
import { follow, state } from "./stream.js";
import { sparkline } from "./chart.js";
import { act, ask, choice, field } from "./dialog.js";
import { button, table } from "./table.js";

const history = new Map();

/** Remembers how deep each queue was, one point a snapshot, for the lines in the table. */
function measure(snapshot) {
  for (const queue of snapshot.queues) {
    const line = history.get(queue.name) ?? [];
    if (line.sequence === snapshot.sequence) continue;
    line.sequence = snapshot.sequence;
    line.push(queue.queued);
    if (line.length > 60) line.shift();
    history.set(queue.name, line);
  }
}

const number = (value, format = count) => (value ? format(value) : h("span", { class: "zero" }, "0"));
const limit = (value) => (value === null || value === undefined || value === "" ? h("span", { class: "zero" }, "–") : String(value));
const title = (queue) => (queue.queue === "*" ? "all queues" : queue.queue);

export function queues(view) {
  const tally = h("span", { class: "count" });
  const filter = h("input", { type: "search", placeholder: "Filter queues", autocomplete: "off", spellcheck: "false", "aria-label": "Filter queues" });
  filter.value = view.query.get("q") ?? "";
  const fault = h("p", { class: "fault", role: "alert", hidden: true });
  let shown = [];
  const list = table({
    caption: "Queues", key: (queue) => queue.queue, href: (queue) => address("jobs", { q: queue.queue === "*" ? "" : qualifier("queue", queue.queue) }), empty: "No queues yet.",
    tone: (queue) => (queue.paused ? "is-paused" : ""), onclick: (verb, queue) => (verb === "edit" ? edit(queue) : toggle(queue)),
    columns: [
      { name: "Queue", class: "name", cell: (queue) => [title(queue), queue.paused ? h("span", { class: "tag is-warn" }, icon("pause"), "paused") : null] },
      { name: "Queued", class: "r strong", cell: (queue) => number(queue.queued) },
      { name: "", class: "line-cell p3", cell: (queue) => sparkline(history.get(queue.queue) ?? []) },
      { name: "Running", class: "r", cell: (queue) => number(queue.running) },
      { name: "Scheduled", class: "r p2", cell: (queue) => number(queue.scheduled) },
      { name: "Failed", class: "r p2", cell: (queue) => (queue.failed ? h("span", { class: "is-bad" }, count(queue.failed)) : number(0)) },
      { name: "Oldest", class: "r", cell: (queue) => (queue.oldest_age === null ? limit(null) : h("span", { class: queue.oldest_age > 300 ? "is-warn" : "" }, short(queue.oldest_age))) },
      { name: "At once", class: "r p3", cell: (queue) => limit(queue.concurrency) },
      { name: "Rate", class: "r p3", cell: (queue) => limit(rateText(queue.rate)) },
      { name: "Quota", class: "r p4", cell: (queue) => limit(queue.quota === null ? null : count(queue.quota)) },
      { name: "", class: "r acts", cell: (queue) => (api.can("operate") ? [button("toggle", queue.paused ? "Resume" : "Pause", queue.paused ? "is-small is-main" : "is-small"), button("edit", "Limits", "is-small p2")] : "") },
    ],
  });
  view.root.append(view.heading("Queues", tally, h("span", { class: "spring" }), h("label", { class: "filter" }, filter, h("kbd", { "aria-hidden": "true" }, "/"))),
    h("section", { class: "card", "aria-label": "Queues", "data-aged": true }, fault, list.element));
  filter.addEventListener("input", () => view.ask({ q: filter.value.trim() }, { replace: true }));

  const feed = follow((signal) => api.get("/queues", { signal }), (answer) => {
    shown = answer;
    fault.hidden = true;
    draw();
  }, (error) => {
    setText(fault, error.message);
    fault.hidden = false;
  });

  function draw() {
    const wanted = filter.value.trim().toLowerCase();
    // Counts are as new as the stream; settings as new as the last answer.
    const fresh = new Map((state.snapshot?.queues ?? []).map((queue) => [queue.name, queue]));
    const rows = shown.filter((queue) => title(queue).toLowerCase().includes(wanted)).map((queue) => ({ ...queue, ...(fresh.get(queue.queue) ?? {}) }));
    list.update(rows, shown.length ? "No queue matches the filter." : "No queues yet: a queue is there with its first job.");
    setText(tally, count(shown.filter((queue) => queue.queue !== "*").length));
  }

  async function toggle(queue) {
    const verb = queue.paused ? "resume" : "pause";
    if (!queue.paused) {
      const waiting = (queue.queued ?? 0) + (queue.scheduled ?? 0);
      const yes = await ask({ title: `Pause ${title(queue)}?`, text: `${count(waiting)} waiting ${waiting === 1 ? "job" : "jobs"} will not start until it is resumed. ${count(queue.running)} running go on.`, action: "Pause" });
      if (!yes) return;
    }
    await act(() => api.post(path`/queues/${queue.queue}/${verb}`), `${title(queue)} ${queue.paused ? "resumed" : "paused"}`);
    feed.now();
  }

  async function edit(queue) {
    const all = queue.queue === "*";
    const answer = await ask({
      title: `Limits of ${title(queue)}`, action: "Set", check,
      form: h("div", { class: "form" },
        field("Jobs at once", "concurrency", { inputmode: "numeric", value: queue.concurrency ?? "", placeholder: "no limit" }),
        field("Rate", "rate", { value: rateText(queue.rate), placeholder: "no limit" }, "Starts in a time: 30/m, 5/10s, 1000/h"),
        all ? null : [
          field("Jobs at once for one tenant", "tenant_concurrency", { inputmode: "numeric", value: queue.tenant_concurrency ?? "", placeholder: "no limit" }),
          field("Rate for one tenant", "tenant_rate", { value: rateText(queue.tenant_rate), placeholder: "no limit" }),
          field("Quota", "quota", { inputmode: "numeric", value: queue.quota ?? "", placeholder: "1,000,000" }, "So many may wait; more are refused"),
          queue.searchable === undefined ? null : choice("Searchable by tags and fields", "searchable", ["yes", "no"], queue.searchable ? "yes" : "no")]),
    });
    if (!answer) return;
    const body = {};
    for (const name of ["concurrency", "tenant_concurrency", "quota"]) if (name in answer) body[name] = answer[name].trim() === "" ? null : Number(answer[name].replaceAll(",", ""));
    for (const name of ["rate", "tenant_rate"]) if (name in answer) body[name] = answer[name].trim() || null;
    if ("searchable" in answer) body.searchable = answer.searchable === "yes";
    await act(() => api.patchTo(path`/queues/${queue.queue}`, body), `Limits of ${title(queue)} set`);
    feed.now();
  }

  return {
    update(snapshot) {
      measure(snapshot);
      feed.tick(snapshot);
      draw();
    },
    onQuery(query) {
      if (document.activeElement !== filter) filter.value = query.get("q") ?? "";
      draw();
    },
    end: () => feed.end(),
  };
}

function check(answer) {
  for (const name of ["concurrency", "tenant_concurrency", "quota"]) {
    if (answer[name]?.trim() && !/^[\d,]{1,12}$/.test(answer[name].trim())) return `${answer[name]} is no whole number`;
  }
  for (const name of ["rate", "tenant_rate"]) {
    if (answer[name]?.trim() && !/^\d{1,9}\/\d{0,9}[smhd]$/.test(answer[name].trim())) return `${answer[name]} is no rate like 30/m`;
  }
  return null;
}
