// The cluster as a picture: members on a ring, the lines between those that are connected, the store in the middle.

import { s } from "./dom.js";
import { short } from "./format.js";

const letters = { api: "A", worker: "W", sysmon: "S", roost: "R", shell: ">" };
export const words = { up: "up", draining: "draining", lost: "LOST", left: "left" };
const most = 60;

/** How old a heartbeat looks: members beat every few seconds. */
export const beat = (age) => (age === undefined || age === null ? "b-none" : age < 8 ? "b-fresh" : age < 16 ? "b-late" : "b-old");

/** Fills `box`; `links` is what members said of their connections, if known. Returns a note of what is not shown. */
export function topology(box, snapshot, links) {
  const width = box.clientWidth - 16, height = box.clientHeight - 8;
  if (width < 80 || height < 60) return "";
  const all = snapshot.nodes.filter((node) => node.state !== "left");
  const nodes = all.slice(0, most);
  const reachable = snapshot.store.reachable;
  const labels = nodes.length <= 14;
  const cx = width / 2, cy = height / 2;
  const rx = Math.max(40, Math.min(width / 2 - (labels ? 72 : 24), height * 0.95));
  const ry = height / 2 - (labels ? 34 : 22);
  const radius = nodes.length > 28 ? 7 : nodes.length > 14 ? 9 : 12;
  const of = (state) => all.filter((node) => node.state === state).length;
  const places = new Map(nodes.map((node, index) => {
    const angle = (index / Math.max(1, nodes.length)) * 2 * Math.PI - Math.PI / 2;
    return [node.name, { node, px: cx + rx * Math.cos(angle), py: cy + ry * Math.sin(angle) }];
  }));
  const pairs = new Set();
  for (const { name, connected } of links ?? []) for (const other of connected) if (places.has(name) && places.has(other) && name !== other) pairs.add([name, other].sort().join("\n"));
  const picture = s("svg", {
    viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `${of("up")} nodes up, ${of("draining")} draining, ${of("lost")} lost, around the store, which is ${reachable ? "reachable" : "away"}${links ? `; ${pairs.size} connections between members` : ""}`,
  });
  for (const pair of pairs) {
    const [from, to] = pair.split("\n").map((name) => places.get(name));
    const broken = from.node.state === "lost" || to.node.state === "lost";
    picture.append(s("line", { class: broken ? "link is-broken" : "link", x1: from.px, y1: from.py, x2: to.px, y2: to.py }));
  }
  for (const { node, px, py } of places.values()) picture.append(s("line", { class: `spoke s-${reachable || node.state === "lost" ? node.state : "none"}`, x1: cx, y1: cy, x2: px, y2: py }));
  picture.append(s("rect", { class: reachable ? "hub" : "hub is-away", x: cx - 27, y: cy - 14, width: 54, height: 28, rx: 8 }),
    s("text", { class: "hub-text", x: cx, y: cy + 4 }, reachable ? "store" : "away"));
  for (const { node, px, py } of places.values()) picture.append(member(node, px, py, { radius, labels, above: py < cy - ry / 4 }));
  box.replaceChildren(picture);
  return all.length > nodes.length ? `${nodes.length} of ${all.length} shown` : links ? "lines: mesh connections · ring: busy slots" : "ring: busy slots";
}

function member(node, px, py, { radius, labels, above }) {
  const group = s("a", { class: `member s-${node.state} ${node.state === "up" ? beat(node.heartbeat_age) : ""}`, href: `#/nodes/${encodeURIComponent(node.name)}` });
  group.append(s("title", {}, `${node.name}: ${words[node.state] ?? node.state}, heartbeat ${short(node.heartbeat_age)}${node.slots ? `, ${node.busy} of ${node.slots} slots` : ""}`));
  // The shape tells the role, the outline the state and the heartbeat's age, the ring how busy it is.
  if (node.role === "worker" || node.role === "roost") group.append(s("circle", { class: "body", cx: px, cy: py, r: radius }));
  else group.append(s("rect", { class: "body", x: px - radius + 1, y: py - radius + 1, width: 2 * radius - 2, height: 2 * radius - 2, rx: node.role === "api" ? 4 : 1, transform: node.role === "api" ? null : `rotate(45 ${px} ${py})` }));
  if (node.slots > 0 && node.state !== "lost") {
    const ring = 2 * Math.PI * (radius + 4);
    group.append(s("circle", { class: "orbit", cx: px, cy: py, r: radius + 4 }));
    const part = Math.min(1, node.busy / node.slots) * ring;
    if (part > 0) group.append(s("circle", { class: "busy", cx: px, cy: py, r: radius + 4, "stroke-dasharray": `${part} ${ring}`, transform: `rotate(-90 ${px} ${py})` }));
  }
  if (radius > 8) group.append(s("text", { class: "glyph", x: px, y: py + 4 }, node.state === "lost" ? "✕" : letters[node.role] ?? "•"));
  if (labels) {
    const host = node.name.split("@").pop();
    group.append(s("text", { x: px, y: above ? py - radius - 10 : py + radius + 17 }, host.length > 22 ? `${host.slice(0, 21)}…` : host));
  }
  return group;
}
