// Everything at a glance. Only what the stream brings: this page asks the store for nothing.

import { h, s, patch, reconcile, setText, setAttribute, icon, remember, recall } from "./dom.js";
import { address, qualifier } from "./address.js";
import { clock, count, rate, short, plural } from "./format.js";
import { state } from "./stream.js";
import { throughput, sparkline } from "./chart.js";
import { topology } from "./topology.js";
import { keepAsking, nodeTable } from "./nodes.js";
import { table } from "./table.js";

const spans = [60, 300, 900];
const tiles = [["queued", "Queued"], ["running", "Running"], ["scheduled", "Scheduled"], ["done", "Done"], ["failed", "Failed"], ["cancelled", "Cancelled"]];

const looks = {
  "node.joined": ["plus", "is-good", "joined"], "node.returned": ["plus", "is-good", "returned"], "node.resumed": ["plus", "is-good", "takes work again"],
  "node.lost": ["lost", "is-bad", "lost"], "node.left": ["minus", "is-faint", "left"], "node.draining": ["draining", "is-warn", "draining"],
  "node.duty_restarted": ["warn", "is-warn", "restarted a duty"], "store.lost": ["lost", "is-bad", "lost"], "store.back": ["plus", "is-good", "back"],
  "store.warning": ["warn", "is-warn", "warns"], "registry.degraded": ["warn", "is-warn", "degraded"],
  "registry.recovered": ["plus", "is-good", "recovered"], "sysmon.started": ["dot", "is-faint", "started"],
};

export function overview(view) {
  let span = Number(recall("span"));
  if (!spans.includes(span)) span = 300;
  let pointer = null;
  const tileOf = {};
  const tileRow = h("section", { class: "tiles card", "aria-label": "Jobs by state", "data-aged": true },
    tiles.map(([name, title]) => {
      const figure = h("p", { class: "figure", id: `n-${name}` }, "–");
      const sub = h("p", { class: "sub" });
      const line = h("div", { class: "tile-line" });
      tileOf[name] = { figure, sub, line };
      return h("a", { class: "tile", id: `tile-${name}`, href: address(name === "failed" ? "dead" : "jobs", name === "failed" ? {} : { state: name }) }, h("h2", {}, title), figure, sub, line);
    }));
  const legend = ["in", "done", "fail"].map((name) => h("b", { id: `r-${name}` }, "–"));
  const key = (name) => s("svg", { class: "key", viewBox: "0 0 18 8", "aria-hidden": "true" }, s("path", { d: "M1 4h16" }));
  const buttons = spans.map((seconds) => h("button", { type: "button", "aria-pressed": String(seconds === span), onclick: () => setSpan(seconds) }, `${seconds / 60} min`));
  const chart = h("div", { class: "chart", id: "chart" });
  const times = h("dl", { class: "times", hidden: true });
  const picture = h("div", { class: "picture", id: "topology" });
  const note = h("span", { class: "note" });
  const nodes = nodeTable({ small: true });
  const queues = table({
    caption: "Jobs by queue and state", key: (queue) => queue.name, href: (queue) => address("jobs", { q: qualifier("queue", queue.name) }),
    empty: "No jobs yet.",
    columns: [
      { name: "Queue", class: "name", cell: (queue) => queue.name },
      ...[["queued", "Queued", "strong"], ["running", "Running", ""], ["scheduled", "Scheduled", "p2"], ["done", "Done", "p2"], ["failed", "Failed", "bad"]].map(([name, title, tone]) => ({
        name: title, class: `r ${tone}`.trim(), cell: (queue) => (queue[name] ? count(queue[name]) : h("span", { class: "zero" }, "0")),
      })),
    ],
  });
  const events = h("ol", { class: "log", tabindex: "0", "aria-label": "Events, newest first" });
  const card = (name, title, head, ...content) => h("section", { class: `card ${name}`, "aria-labelledby": `h-${name}` }, h("div", { class: "head" }, h("h2", { id: `h-${name}` }, title), head), content);

  view.root.append(h("h1", { class: "hidden", id: "h-page", tabindex: "-1" }, "Overview"), h("div", { class: "grid" },
    tileRow,
    h("section", { class: "card throughput", "aria-labelledby": "h-throughput", "data-aged": true },
      h("div", { class: "head" }, h("h2", { id: "h-throughput" }, "Throughput"),
        h("ul", { class: "legend", "aria-label": "Jobs per second now" },
          ["in", "done", "fail"].map((name, index) => h("li", { class: `k-${name}` }, key(name), { in: "In", done: "Done", fail: "Failed attempts" }[name], legend[index]))),
        h("div", { class: "segments", role: "group", "aria-label": "Span of the chart" }, buttons)),
      chart, times),
    card("topology", "Topology", note, picture),
    card("nodes", "Nodes", h("a", { class: "more-link", href: "#/nodes" }, "All nodes"), nodes.element),
    card("queues", "Queues", h("a", { class: "more-link", href: "#/queues" }, "All queues"), queues.element),
    card("events", "Events", h("span", { class: "note" }, "while this monitor was watching"), events)));

  function setSpan(seconds) {
    span = seconds;
    remember("span", span);
    buttons.forEach((button, index) => setAttribute(button, "aria-pressed", String(spans[index] === span)));
    draw();
  }
  let links = null;
  const survey = keepAsking("links", (fresh) => {
    links = fresh;
    draw();
  });
  const sample = keepAsking("times", (fresh) => percentiles(times, fresh));
  function draw() {
    const { snapshot, points } = state;
    if (!snapshot) return;
    throughput(chart, snapshot, points, span, pointer);
    setText(note, topology(picture, snapshot, links));
  }
  chart.addEventListener("pointermove", (event) => {
    pointer = event.clientX - chart.getBoundingClientRect().left - 4;
    draw();
  });
  chart.addEventListener("pointerleave", () => {
    pointer = null;
    draw();
  });
  const resized = new ResizeObserver(draw);
  resized.observe(view.root);

  function update(snapshot) {
    survey.tick();
    sample.tick();
    const { totals, rates } = snapshot;
    const workers = snapshot.nodes.filter((node) => node.state === "up" || node.state === "draining");
    const slots = workers.reduce((sum, node) => sum + node.slots, 0);
    const busy = workers.reduce((sum, node) => sum + node.busy, 0);
    const subs = {
      queued: `${rate(rates.now.in)}/s in`, running: slots ? `${count(busy)} of ${plural(slots, "slot")}` : "no slots", scheduled: "retries included",
      done: `${rate(rates.now.done)}/s`, failed: "dead letters", cancelled: " ",
    };
    for (const [name] of tiles) {
      const { figure, sub } = tileOf[name];
      setText(figure, count(totals[name]));
      figure.classList.toggle("is-zero", !totals[name]);
      setText(sub, subs[name]);
    }
    tileOf.failed.figure.classList.toggle("is-bad", totals.failed > 0);
    for (const [name, series, tone] of [["queued", "in", "k-in"], ["done", "done", "k-done"], ["failed", "fail", "k-fail"]]) {
      patch(tileOf[name].line, sparkline(rates.history.slice(-40).map((sample) => sample[series]), tone));
    }
    legend.forEach((element, index) => setText(element, `${rate(rates.now[["in", "done", "fail"][index]])}/s`));
    draw();
    nodes.update(snapshot.nodes.filter((node) => node.state !== "left").slice(0, 12), snapshot);
    queues.update([...snapshot.queues].sort((a, b) => b.queued + b.running - a.queued - a.running || (a.name < b.name ? -1 : 1)).slice(0, 12));
    reconcile(events, [...snapshot.events].reverse(), (event) => `${event.id} ${event.time}`,
      (event) => {
        const [kind, tone, verb] = looks[event.kind] ?? ["dot", "is-faint", event.kind];
        return h("li", {}, h("time", { datetime: new Date(event.time / 1000).toISOString() }, clock(event.time)), icon(kind, tone),
          h("p", {}, h("span", { class: "who-text" }, event.subject), " ", h("span", { class: `what ${tone}` }, verb), event.detail ? " " : "", h("span", { class: "detail" }, event.detail)));
      }, () => {});
  }
  return { update, end: () => { resized.disconnect(); survey.end(); sample.end(); } };
}

/** How long jobs waited and ran. */
function percentiles(box, times) {
  box.hidden = !times?.count;
  if (box.hidden) return;
  const pair = (title, value) => (value ? [h("div", {}, h("dt", {}, `${title} p50`), h("dd", {}, short(value.p50))), h("div", {}, h("dt", {}, "p99"), h("dd", {}, short(value.p99)))] : null);
  patch(box, pair("Wait", times.wait), pair("Run", times.run), h("div", { class: "sample" }, h("dt", {}, `of the last ${plural(times.count, "job")} done`), h("dd")));
}
