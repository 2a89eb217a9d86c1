"use strict";
// One page, one stream. Everything from outside becomes text (textContent) or a number; no markup is ever built from it.

const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

// ── Small tools ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** An element with attributes and children; strings become text nodes. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function icon(kind, tone = "") {
  return draw("svg", { class: `icon ${tone}`, "aria-hidden": "true" }, draw("use", { href: `#i-${kind}` }));
}

function setIcon(element, kind, tone) {
  setAttribute(element, "class", `icon ${tone}`);
  setAttribute(element.firstElementChild, "href", `#i-${kind}`);
}

/** Writes only what changed: selections and focus survive. */
function setText(element, text) {
  text = String(text);
  if (element.textContent !== text) element.textContent = text;
}

function setAttribute(element, name, value) {
  value = String(value);
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Makes a parent's children match items by key, moving and reusing what is there. */
function reconcile(parent, items, keyOf, create, update) {
  const old = new Map();
  for (const child of parent.children) old.set(child.dataset.key, child);
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let child = old.get(key);
    if (child) old.delete(key);
    else {
      child = create(item);
      child.dataset.key = key;
    }
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
  for (const child of old.values()) child.remove();
}

const grouped = new Intl.NumberFormat("en-US");
const count = (number) => grouped.format(number || 0);
const rate = (number) => (number >= 9.95 ? count(Math.round(number)) : String(Math.round((number || 0) * 10) / 10));

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const clock = (microseconds) => clockFormat.format(microseconds / 1000);

function short(seconds) {
  if (seconds === undefined || seconds === null) return "–";
  if (seconds < 10) return `${seconds.toFixed(1)}s`;
  if (seconds < 100) return `${Math.floor(seconds)}s`;
  if (seconds < 6000) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86400)}d`;
}

function bytes(number) {
  if (!number) return "–";
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  while (number >= 1000 && unit < 4) {
    number /= 1024;
    unit += 1;
  }
  return `${number < 10 && unit > 0 ? number.toFixed(1) : Math.round(number)} ${units[unit]}`;
}

function remember(key, value) {
  try { localStorage.setItem(`roost.${key}`, value); } catch { /* private mode: forgotten with the page */ }
}

function recall(key) {
  try { return localStorage.getItem(`roost.${key}`); } catch { return null; }
}

// ── State ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const longest = 900;
let snapshot = null;
let points = [];
let span = Number(recall("span")) || 300;
let paused = false;
let link = "connecting";
let lostLink = null;
let filter = "";
const opened = new Set();

// ── The stream: closed while nobody looks, since a browser has few connections for an origin ─────────────────────────

let source = null;

function connect() {
  disconnect();
  if (paused || document.hidden) return status();
  link = "connecting";
  source = new EventSource("events");
  source.addEventListener("snapshot", (event) => {
    let fresh;
    try { fresh = JSON.parse(event.data); } catch { return; }
    link = "live";
    lostLink = null;
    snapshot = fresh;
    remeasure();
    render();
  });
  source.addEventListener("error", () => {
    link = "lost";
    lostLink ??= Date.now() * 1000;
    // A refusal (503) ends an EventSource for good; everything else it retries by itself.
    if (source && source.readyState === EventSource.CLOSED) setTimeout(() => { if (link === "lost") connect(); }, 3000);
    status();
  });
  status();
}

function disconnect() {
  if (source) source.close();
  source = null;
}

function setPaused(value) {
  paused = value;
  if (paused) {
    disconnect();
    status();
  } else connect();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) disconnect();
  else connect();
});

/** Joins the snapshot's samples to those kept, by the time each was taken; what was missed is a gap. */
function remeasure() {
  const history = snapshot.rates.history;
  const end = (snapshot.store.stale_since ?? snapshot.time) / 1e6;
  const step = snapshot.interval;
  let last = points.length ? points[points.length - 1].time : -Infinity;
  if (last > end + step * 2) {
    // The clock was set back, or it is another server.
    points = [];
    last = -Infinity;
  }
  history.forEach((sample, index) => {
    const time = end - (history.length - 1 - index) * step;
    if (time > last + step / 2) points.push({ time, in: sample.in, done: sample.done, fail: sample.fail });
  });
  const oldest = end - longest - 60;
  points = points.filter((point) => point.time >= oldest);
}

// ── Header, banners, tiles ───────────────────────────────────────────────────────────────────────────────────────────

function pill(id, kind, tone, text, detail = "") {
  const value = $(id).querySelector("dd");
  setIcon(value.querySelector("svg"), kind, tone);
  setText(value.querySelector("span"), text);
  let small = value.querySelector("small");
  if (!small) value.append((small = make("small")));
  setText(small, detail);
}

function banners() {
  const list = [];
  if (link === "lost" && !paused) {
    list.push({ key: "link", big: true, title: "No connection to this console", text: `Last heard ${snapshot ? clock(snapshot.time) : "never"}, reconnecting.` });
  }
  if (snapshot && snapshot.store.stale_since !== undefined) {
    const age = short(Math.max(0, snapshot.time - snapshot.store.stale_since) / 1e6);
    const reason = snapshot.store.error ? ` ${snapshot.store.error}` : "";
    list.push({ key: "store", big: true, title: `Store away. Stale since ${clock(snapshot.store.stale_since)}`, text: `(${age}), retrying.${reason}` });
  }
  if (snapshot && snapshot.registry.state !== "ok") {
    list.push({ key: "registry", title: "Registry degraded", text: `since ${clock(snapshot.registry.since)}. Known members stay; new ones cannot be seen.` });
  }
  if (snapshot) {
    snapshot.store.warnings.slice(0, 5).forEach((text, index) => list.push({ key: `warning${index}`, title: "Store", text }));
  }
  reconcile($("banners"), list, (item) => item.key,
    (item) => make("p", { class: item.big ? "banner is-big" : "banner" }, icon("warn"), make("b"), make("span")),
    (row, item) => {
      setText(row.querySelector("b"), item.title);
      setText(row.querySelector("span"), item.text);
    });
}

function status() {
  const live = $("live");
  const [kind, tone, text] = paused ? ["left", "is-faint", "Paused"]
    : link === "live" ? ["up", "is-good", "Live"]
    : link === "lost" ? ["lost", "is-bad", "Reconnecting"] : ["left", "is-faint", "Connecting"];
  setIcon(live.querySelector("svg"), kind, tone);
  setText(live.querySelector("span"), text);
  setAttribute(live, "aria-pressed", paused);
  document.body.classList.toggle("is-live", !paused && link === "live");
  document.body.classList.toggle("is-off", link === "lost" && !paused && snapshot !== null);
  banners();
}

const of = (state) => snapshot.nodes.filter((node) => node.state === state).length;

function header() {
  const { store, registry } = snapshot;
  setText($("cluster"), snapshot.cluster);
  setText($("clock"), clock(snapshot.time));
  $("clock").dateTime = new Date(snapshot.time / 1000).toISOString();
  if (store.reachable) pill("pill-store", "up", "is-good", "ok", store.latency_ms === undefined ? "" : `${rate(store.latency_ms)} ms`);
  else pill("pill-store", "lost", "is-bad", "away");
  if (registry.state === "ok") pill("pill-registry", "up", "is-good", "ok");
  else pill("pill-registry", "warn", "is-warn", "degraded");
  const [up, draining, lost] = ["up", "draining", "lost"].map(of);
  const parts = [`${up} up`];
  if (draining) parts.push(`${draining} draining`);
  if (lost) parts.push(`${lost} lost`);
  pill("pill-nodes", lost ? "lost" : draining ? "draining" : "up", lost ? "is-bad" : draining ? "is-warn" : "is-good", parts.join(", "));
  document.title = `${store.reachable ? "" : "Store away · "}${lost ? `${lost} lost · ` : ""}${snapshot.cluster} · roost`;
  setText($("foot-store"), [store.description, store.durability].filter(Boolean).join(" · "));
}

function tiles() {
  const { totals, rates } = snapshot;
  for (const name of ["queued", "running", "scheduled", "done", "failed", "cancelled"]) {
    const figure = $(`n-${name}`);
    setText(figure, count(totals[name]));
    figure.classList.toggle("is-zero", !totals[name]);
  }
  const workers = snapshot.nodes.filter((node) => node.state === "up" || node.state === "draining");
  const slots = workers.reduce((sum, node) => sum + node.slots, 0);
  const busy = workers.reduce((sum, node) => sum + node.busy, 0);
  setText($("s-queued"), `${rate(rates.now.in)}/s in`);
  setText($("s-running"), slots ? `${count(busy)} of ${count(slots)} slots` : "no slots");
  setText($("s-done"), `${rate(rates.now.done)}/s`);
  $("tile-failed").classList.toggle("is-bad", totals.failed > 0);
  for (const name of ["in", "done", "fail"]) setText($(`r-${name}`), `${rate(rates.now[name])}/s`);
}

// ── Chart ────────────────────────────────────────────────────────────────────────────────────────────────────────────

let pointer = null;

function niceTop(value) {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 4, 5, 8, 10].map((factor) => factor * power).find((top) => top >= value * 1.02) ?? 10 * power;
}

function chart() {
  const box = $("chart");
  const width = box.clientWidth - 8;
  const height = box.clientHeight - 4;
  if (width < 80 || height < 60) return;
  const left = 10, right = 44, top = 10, bottom = 20;
  const end = snapshot.time / 1e6;
  const shown = points.filter((point) => point.time >= end - span - snapshot.interval);
  const peak = niceTop(shown.reduce((most, point) => Math.max(most, point.in, point.done, point.fail), 0));
  const x = (time) => left + (width - left - right) * (1 - (end - time) / span);
  const y = (value) => top + (height - top - bottom) * (1 - value / peak);
  const f = (number) => number.toFixed(1);
  const picture = draw("svg", {
    viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `Jobs per second over ${span / 60} minutes: in ${rate(snapshot.rates.now.in)}, done ${rate(snapshot.rates.now.done)}, failed attempts ${rate(snapshot.rates.now.fail)}`,
  });
  for (const part of [0, 0.5, 1]) {
    const line = Math.round(y(peak * part)) + 0.5;
    picture.append(draw("line", { class: part ? "grid" : "grid base", x1: left, x2: width - right, y1: line, y2: line }),
      draw("text", { x: width - right + 8, y: line + 4 }, part * peak >= 1000 ? `${part * peak / 1000}k` : String(part * peak)));
  }
  for (const part of [1, 0.8, 0.6, 0.4, 0.2, 0]) {
    const seconds = Math.round(span * part);
    const anchor = part === 1 ? "start" : part === 0 ? "end" : "middle";
    const label = !seconds ? "now" : seconds % 60 && seconds < 120 ? `−${seconds} s` : `−${seconds / 60} min`;
    picture.append(draw("text", { x: x(end - seconds), y: height - 4, "text-anchor": anchor }, label));
  }
  // Runs without a gap; a line through an outage would tell a lie.
  const runs = [];
  shown.forEach((point, index) => {
    if (!index || point.time - shown[index - 1].time > snapshot.interval * 3.5) runs.push([]);
    runs[runs.length - 1].push(point);
  });
  for (const run of runs) {
    const line = (name) => run.map((point, index) => `${index ? "L" : "M"}${f(x(point.time))} ${f(y(point[name]))}`).join("");
    picture.append(draw("path", { class: "area", d: `${line("done")}L${f(x(run[run.length - 1].time))} ${f(y(0))}L${f(x(run[0].time))} ${f(y(0))}Z` }));
    for (const name of ["in", "done", "fail"]) picture.append(draw("path", { class: `curve k-${name}`, d: line(name) }));
  }
  if (!shown.length) picture.append(draw("text", { class: "none", x: width / 2, y: height / 2, "text-anchor": "middle" }, "Measuring…"));
  if (pointer !== null && shown.length) cross(picture, shown, { x, y, width, height, top, bottom, left, right });
  box.replaceChildren(picture);
}

function cross(picture, shown, { x, y, width, height, top, bottom, right }) {
  const point = shown.reduce((best, next) => (Math.abs(x(next.time) - pointer) < Math.abs(x(best.time) - pointer) ? next : best));
  const at = x(point.time);
  picture.append(draw("line", { class: "cross", x1: at, x2: at, y1: top, y2: height - bottom }));
  for (const name of ["in", "done", "fail"]) picture.append(draw("circle", { class: `mark k-${name}`, cx: at, cy: y(point[name]), r: 3 }));
  const box = at > width / 2 ? at - 138 : at + 10;
  const tip = draw("g", { class: "tip" }, draw("rect", { x: box, y: top, width: 128, height: 82, rx: 6 }));
  [[clock(point.time * 1e6), ""], ["In", `${rate(point.in)}/s`], ["Done", `${rate(point.done)}/s`], ["Failed", `${rate(point.fail)}/s`]]
    .forEach(([name, value], index) => tip.append(
      draw("text", { x: box + 10, y: top + 19 + index * 18 }, name),
      draw("text", { class: "v", x: box + 118, y: top + 19 + index * 18, "text-anchor": "end" }, value)));
  picture.append(tip);
}

// ── Topology ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const letters = { api: "A", worker: "W", sysmon: "S", roost: "R", shell: ">" };
const words = { up: "up", draining: "draining", lost: "LOST", left: "left" };

function topology() {
  const box = $("topology");
  const width = box.clientWidth - 16, height = box.clientHeight - 8;
  if (width < 80 || height < 60) return;
  const all = snapshot.nodes.filter((node) => node.state !== "left");
  const nodes = all.slice(0, 60);
  const labels = nodes.length <= 10;
  const cx = width / 2, cy = height / 2;
  const rx = Math.min(width / 2 - (labels ? 62 : 24), 190), ry = height / 2 - (labels ? 32 : 22);
  const radius = nodes.length > 28 ? 7 : nodes.length > 14 ? 9 : 12;
  const picture = draw("svg", {
    viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `${of("up")} nodes up, ${of("draining")} draining, ${of("lost")} lost, around the store, which is ${snapshot.store.reachable ? "reachable" : "away"}`,
  });
  const places = nodes.map((node, index) => {
    const angle = (index / Math.max(1, nodes.length)) * 2 * Math.PI - Math.PI / 2;
    return { node, px: cx + rx * Math.cos(angle), py: cy + ry * Math.sin(angle) };
  });
  for (const { node, px, py } of places) picture.append(draw("line", { class: `spoke s-${snapshot.store.reachable || node.state === "lost" ? node.state : "none"}`, x1: cx, y1: cy, x2: px, y2: py }));
  picture.append(draw("rect", { class: snapshot.store.reachable ? "hub" : "hub is-away", x: cx - 27, y: cy - 14, width: 54, height: 28, rx: 8 }),
    draw("text", { class: "hub-text", x: cx, y: cy + 4 }, snapshot.store.reachable ? "store" : "away"));
  for (const { node, px, py } of places) {
    const group = draw("g", { class: `s-${node.state}` });
    group.append(draw("title", {}, `${node.name}: ${words[node.state]}, heartbeat ${short(node.heartbeat_age)}${node.slots ? `, ${node.busy} of ${node.slots} slots` : ""}`));
    // The shape tells the role, the outline the state, the ring how busy it is.
    if (node.role === "worker" || node.role === "roost") group.append(draw("circle", { class: "body", cx: px, cy: py, r: radius }));
    else group.append(draw("rect", { class: "body", x: px - radius + 1, y: py - radius + 1, width: 2 * radius - 2, height: 2 * radius - 2, rx: node.role === "api" ? 4 : 1, transform: node.role === "api" ? "" : `rotate(45 ${px} ${py})` }));
    if (node.slots > 0 && node.state !== "lost") {
      const ring = 2 * Math.PI * (radius + 4);
      group.append(draw("circle", { class: "orbit", cx: px, cy: py, r: radius + 4 }));
      const part = Math.min(1, node.busy / node.slots) * ring;
      if (part > 0) group.append(draw("circle", { class: "busy", cx: px, cy: py, r: radius + 4, "stroke-dasharray": `${part} ${ring}`, transform: `rotate(-90 ${px} ${py})` }));
    }
    if (radius > 8) group.append(draw("text", { class: "glyph", x: px, y: py + 4 }, node.state === "lost" ? "✕" : letters[node.role] ?? "•"));
    if (labels) {
      const host = node.name.split("@").pop();
      group.append(draw("text", { x: px, y: py < cy - ry / 4 ? py - radius - 10 : py + radius + 17 }, host.length > 20 ? `${host.slice(0, 19)}…` : host));
    }
    picture.append(group);
  }
  box.replaceChildren(picture);
  setText($("topology-note"), all.length > nodes.length ? `${nodes.length} of ${all.length} shown` : "ring: busy slots");
}

// ── Tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const order = { lost: 0, draining: 1, up: 2, left: 3 };
const matches = (...texts) => !filter || texts.some((text) => text.toLowerCase().includes(filter));

function cell(row, index, text, zero = false) {
  const target = row.children[index];
  setText(target, text);
  target.classList.toggle("zero", zero);
}

function nodeRow() {
  const row = make("tr", { class: "row" });
  const toggle = make("button", { type: "button", class: "toggle" }, icon("chevron"), make("span"));
  row.append(
    make("td", {}, make("span", { class: "state" }, icon("up"), make("b"))), make("td", { class: "name" }),
    make("td", { class: "slots" }, make("span", { class: "gauge" }, draw("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" },
      draw("rect", { class: "track", width: 100, height: 6, rx: 3 }), draw("rect", { class: "fill", width: 0, height: 6, rx: 3 })), make("span"))),
    make("td", { class: "r p2" }), make("td", { class: "r p2" }), make("td", { class: "r" }), make("td", { class: "p3" }, toggle),
    make("td", { class: "r p4" }), make("td", { class: "r p3" }), make("td", { class: "r p4" }), make("td", { class: "p4 role" }));
  toggle.addEventListener("click", () => {
    const key = row.dataset.key;
    if (!opened.delete(key)) opened.add(key);
    render();
  });
  return row;
}

function updateNode(row, node) {
  const gone = node.state === "lost" || node.state === "left";
  setAttribute(row, "class", `row s-${node.state}`);
  setIcon(row.querySelector(".state svg"), node.state, "");
  const state = row.querySelector(".state b");
  setText(state, words[node.state]);
  setAttribute(row.querySelector(".state"), "title", `since ${clock(node.since)}`);
  setText(row.children[1], node.name);
  setAttribute(row.children[1], "title", [node.name, node.http && `http ${node.http}`, node.console && `console ${node.console}`].filter(Boolean).join("\n"));
  const gauge = row.querySelector(".gauge");
  gauge.toggleAttribute("hidden", !node.slots || gone);
  setAttribute(gauge.querySelector(".fill"), "width", node.slots ? Math.min(100, (node.busy / node.slots) * 100).toFixed(1) : 0);
  setText(gauge.querySelector("span"), `${node.busy}/${node.slots}`);
  cell(row, 3, node.slots ? count(node.processed) : "–", !node.processed);
  cell(row, 4, node.slots ? count(node.failed) : "–", !node.failed);
  cell(row, 5, short(node.heartbeat_age));
  const restarts = node.duties.reduce((sum, duty) => sum + duty.restarts, 0);
  const toggle = row.querySelector(".toggle");
  toggle.hidden = !node.duties.length;
  toggle.classList.toggle("is-warn", restarts > 0);
  setText(toggle.querySelector("span"), `${node.duties.length}${restarts ? `, ${count(restarts)} restart${restarts === 1 ? "" : "s"}` : ""}`);
  setAttribute(toggle, "aria-expanded", opened.has(node.name));
  setAttribute(toggle, "aria-label", `${node.duties.length} duties of ${node.name}, ${restarts} restarts`);
  cell(row, 7, node.peers === undefined ? "–" : count(node.peers), node.peers === undefined);
  cell(row, 8, gone ? "–" : short(node.uptime), gone);
  cell(row, 9, bytes(node.memory_bytes), !node.memory_bytes);
  cell(row, 10, node.version || "–");
}

function updateDuties(row, node) {
  reconcile(row.querySelector("ul"), node.duties, (duty) => duty.name,
    () => make("li", {}, icon("up", "is-good"), make("b"), make("span")),
    (chip, duty) => {
      const ok = duty.state === "running" || duty.state === "up";
      setIcon(chip.querySelector("svg"), ok ? "up" : "warn", ok ? "is-good" : "is-warn");
      setText(chip.querySelector("b"), duty.name);
      const text = chip.querySelector("span");
      setText(text, `${duty.state}${duty.restarts ? `, ${count(duty.restarts)} restart${duty.restarts === 1 ? "" : "s"}` : ""}`);
      setAttribute(text, "class", duty.restarts ? "is-warn" : "");
    });
}

function nodesTable() {
  const nodes = snapshot.nodes.filter((node) => matches(node.name, node.state, node.version, ...node.roles))
    .sort((a, b) => order[a.state] - order[b.state] || (a.name < b.name ? -1 : 1));
  const rows = nodes.flatMap((node) => (opened.has(node.name) && node.duties.length ? [{ node }, { node, more: true }] : [{ node }]));
  reconcile($("rows-nodes"), rows, (item) => (item.more ? `${item.node.name} duties` : item.node.name),
    (item) => (item.more ? make("tr", { class: "more" }, make("td", { colspan: 11 }, make("ul", { class: "chips" }))) : nodeRow()),
    (row, item) => (item.more ? updateDuties(row, item.node) : updateNode(row, item.node)));
  setText($("count-nodes"), tally(nodes.length, snapshot.nodes.length, snapshot.hidden.nodes));
  $("empty-nodes").hidden = nodes.length > 0;
  setText($("empty-nodes"), snapshot.nodes.length ? "No node matches the filter." : "No members yet.");
}

const tally = (shown, all, hidden) => `${shown === all ? count(all) : `${count(shown)} of ${count(all)}`}${hidden ? `, ${count(hidden)} more not shown` : ""}`;

const queueStates = ["queued", "running", "scheduled", "done", "failed", "cancelled"];

function queuesTable() {
  const queues = snapshot.queues.filter((queue) => matches(queue.name));
  reconcile($("rows-queues"), queues, (queue) => queue.name,
    () => {
      const row = make("tr", { class: "row" }, make("td", { class: "name" }));
      for (const state of queueStates) row.append(make("td", { class: `r ${state === "queued" ? "strong" : ""} ${["scheduled", "done", "cancelled"].includes(state) ? "p2" : ""}` }));
      return row;
    },
    (row, queue) => {
      setText(row.children[0], queue.name);
      queueStates.forEach((state, index) => {
        cell(row, index + 1, count(queue[state]), !queue[state]);
        if (state === "failed") row.children[index + 1].classList.toggle("failed", queue.failed > 0);
      });
    });
  setText($("count-queues"), tally(queues.length, snapshot.queues.length, snapshot.hidden.queues));
  $("empty-queues").hidden = snapshot.queues.length > 0;
}

const looks = {
  "node.joined": ["plus", "is-good", "joined"], "node.returned": ["plus", "is-good", "returned"], "node.resumed": ["plus", "is-good", "takes work again"],
  "node.lost": ["lost", "is-bad", "lost"], "node.left": ["minus", "is-faint", "left"], "node.draining": ["draining", "is-warn", "draining"],
  "node.duty_restarted": ["warn", "is-warn", "restarted a duty"], "store.lost": ["lost", "is-bad", "lost"], "store.back": ["plus", "is-good", "back"],
  "store.warning": ["warn", "is-warn", "warns"], "registry.degraded": ["warn", "is-warn", "degraded"],
  "registry.recovered": ["plus", "is-good", "recovered"], "sysmon.started": ["dot", "is-faint", "started"],
};

function eventsList() {
  reconcile($("rows-events"), [...snapshot.events].reverse(), (event) => `${event.id} ${event.time}`,
    (event) => {
      const [kind, tone, verb] = looks[event.kind] ?? ["dot", "is-faint", event.kind];
      return make("li", {}, make("time", { datetime: new Date(event.time / 1000).toISOString() }, clock(event.time)), icon(kind, tone),
        make("p", {}, make("span", { class: "who" }, event.subject), " ", make("span", { class: `what ${tone}` }, verb), event.detail ? " " : "", make("span", { class: "detail" }, event.detail)));
    }, () => {});
}

function render() {
  status();
  if (!snapshot) return;
  document.body.classList.toggle("is-stale", snapshot.store.stale_since !== undefined);
  header();
  tiles();
  chart();
  topology();
  nodesTable();
  queuesTable();
  eventsList();
}

// ── Controls ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const themes = ["system", "light", "dark"];
let theme = themes.includes(recall("theme")) ? recall("theme") : "system";

function applyTheme() {
  if (theme === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", theme);
  const text = theme === "system" ? "Theme: follows the system" : `Theme: ${theme}`;
  $("theme").title = `${text} (t)`;
  $("theme").setAttribute("aria-label", text);
}

function nextTheme() {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length];
  remember("theme", theme);
  applyTheme();
}

function setSpan(seconds) {
  span = [60, 300, 900].includes(seconds) ? seconds : 300;
  remember("span", span);
  for (const button of $("spans").children) button.setAttribute("aria-pressed", Number(button.dataset.span) === span);
  if (snapshot) chart();
}

function go(id) {
  $(id).scrollIntoView({ block: "start" });
  $(id).focus({ preventScroll: true });
}

$("theme").addEventListener("click", nextTheme);
$("live").addEventListener("click", () => setPaused(!paused));
$("help-open").addEventListener("click", () => $("help").showModal());
$("spans").addEventListener("click", (event) => event.target.dataset.span && setSpan(Number(event.target.dataset.span)));
$("filter").addEventListener("input", () => {
  filter = $("filter").value.trim().toLowerCase();
  render();
});
$("chart").addEventListener("pointermove", (event) => {
  pointer = event.clientX - $("chart").getBoundingClientRect().left - 4;
  if (snapshot) chart();
});
$("chart").addEventListener("pointerleave", () => {
  pointer = null;
  if (snapshot) chart();
});
new ResizeObserver(() => { if (snapshot) { chart(); topology(); } }).observe($("main"));

const keys = {
  "?": () => $("help").showModal(), "/": () => $("filter").focus(), t: nextTheme, p: () => setPaused(!paused),
  r: () => setSpan({ 60: 300, 300: 900, 900: 60 }[span]), n: () => go("nodes"), q: () => go("queues"), e: () => go("events"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
  if (event.target === $("filter")) {
    if (event.key === "Escape") {
      $("filter").value = filter = "";
      $("filter").blur();
      render();
    }
    return;
  }
  const action = keys[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

applyTheme();
setSpan(span);
connect();
