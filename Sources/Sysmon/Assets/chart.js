// Charts drawn by hand: jobs per second over time, and the small lines beside numbers.

import { s } from "./dom.js";
import { clock, rate } from "./format.js";

function niceTop(value) {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 4, 5, 8, 10].map((factor) => factor * power).find((top) => top >= value * 1.02) ?? 10 * power;
}

const f = (number) => number.toFixed(1);

/** Runs without a gap; a line through an outage would tell a lie. */
function runsOf(points, gap) {
  const runs = [];
  points.forEach((point, index) => {
    if (!index || point.time - points[index - 1].time > gap) runs.push([]);
    runs[runs.length - 1].push(point);
  });
  return runs;
}

/** Fills `box` with the throughput of the last `span` seconds; `pointer` is where the mouse is, or null. */
export function throughput(box, snapshot, points, span, pointer) {
  const width = box.clientWidth - 8;
  const height = box.clientHeight - 4;
  if (width < 80 || height < 60) return;
  const left = 10, right = 44, top = 10, bottom = 20;
  const end = snapshot.time / 1e6;
  const shown = points.filter((point) => point.time >= end - span - snapshot.interval);
  const peak = niceTop(shown.reduce((most, point) => Math.max(most, point.in, point.done, point.fail), 0));
  const x = (time) => left + (width - left - right) * (1 - (end - time) / span);
  const y = (value) => top + (height - top - bottom) * (1 - value / peak);
  const picture = s("svg", {
    viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `Jobs per second over ${span / 60} minutes: in ${rate(snapshot.rates.now.in)}, done ${rate(snapshot.rates.now.done)}, failed attempts ${rate(snapshot.rates.now.fail)}`,
  });
  for (const part of [0, 0.5, 1]) {
    const line = Math.round(y(peak * part)) + 0.5;
    picture.append(s("line", { class: part ? "grid" : "grid base", x1: left, x2: width - right, y1: line, y2: line }),
      s("text", { x: width - right + 8, y: line + 4 }, part * peak >= 1000 ? `${(part * peak) / 1000}k` : String(part * peak)));
  }
  for (const part of width < 420 ? [1, 0.5, 0] : [1, 0.8, 0.6, 0.4, 0.2, 0]) {
    const seconds = Math.round(span * part);
    const anchor = part === 1 ? "start" : part === 0 ? "end" : "middle";
    const label = !seconds ? "now" : seconds % 60 && seconds < 120 ? `−${seconds} s` : `−${seconds / 60} min`;
    picture.append(s("text", { x: x(end - seconds), y: height - 4, "text-anchor": anchor }, label));
  }
  for (const run of runsOf(shown, snapshot.interval * 3.5)) {
    const line = (name) => run.map((point, index) => `${index ? "L" : "M"}${f(x(point.time))} ${f(y(point[name]))}`).join("");
    picture.append(s("path", { class: "area", d: `${line("done")}L${f(x(run[run.length - 1].time))} ${f(y(0))}L${f(x(run[0].time))} ${f(y(0))}Z` }));
    for (const name of ["in", "done", "fail"]) picture.append(s("path", { class: `curve k-${name}`, d: line(name) }));
  }
  if (!shown.length) picture.append(s("text", { class: "none", x: width / 2, y: height / 2, "text-anchor": "middle" }, "Measuring…"));
  if (pointer !== null && shown.length) cross(picture, shown, { pointer, x, y, width, height, top, bottom });
  box.replaceChildren(picture);
}

function cross(picture, shown, { pointer, x, y, width, height, top, bottom }) {
  const point = shown.reduce((best, next) => (Math.abs(x(next.time) - pointer) < Math.abs(x(best.time) - pointer) ? next : best));
  const at = x(point.time);
  picture.append(s("line", { class: "cross", x1: at, x2: at, y1: top, y2: height - bottom }));
  for (const name of ["in", "done", "fail"]) picture.append(s("circle", { class: `mark k-${name}`, cx: at, cy: y(point[name]), r: 3 }));
  const box = at > width / 2 ? at - 138 : at + 10;
  const tip = s("g", { class: "tip" }, s("rect", { x: box, y: top, width: 128, height: 82, rx: 6 }));
  [[clock(point.time * 1e6), ""], ["In", `${rate(point.in)}/s`], ["Done", `${rate(point.done)}/s`], ["Failed", `${rate(point.fail)}/s`]]
    .forEach(([name, value], index) => tip.append(
      s("text", { x: box + 10, y: top + 19 + index * 18 }, name),
      s("text", { class: "v", x: box + 118, y: top + 19 + index * 18, "text-anchor": "end" }, value)));
  picture.append(tip);
}

/** A line of the last values, as an element of its own. */
export function sparkline(values, tone = "k-in", width = 72, height = 20) {
  const most = Math.max(1e-9, ...values);
  const step = width / Math.max(1, values.length - 1);
  const line = values.map((value, index) => `${index ? "L" : "M"}${f(index * step)} ${f(height - 2 - (height - 4) * (value / most))}`).join("");
  return s("svg", { class: `spark ${tone}`, viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    values.length > 1 ? [s("path", { class: "area", d: `${line}L${width} ${height}L0 ${height}Z` }), s("path", { class: "curve", d: line })] : null);
}

/** How much of something is taken. */
export const gauge = (part, all) =>
  s("svg", { class: "gauge-bar", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" },
    s("rect", { class: "track", width: 100, height: 6, rx: 3 }),
    s("rect", { class: part >= all && all > 0 ? "fill is-full" : "fill", width: all ? Math.min(100, (part / all) * 100).toFixed(1) : 0, height: 6, rx: 3 }));
