// One job: what happened to it, why it does not run, its log, and its payload byte for byte.

import { h, icon, patch, copy } from "./dom.js";
import { address, path, qualifier } from "./address.js";
import { ago, between, bytes, count, cut, plural, seconds, short, when } from "./format.js";
import { members, indented, quoted, byteCount } from "./json.js";
import * as api from "./api.js";
import { follow, watchJob } from "./stream.js";
import { act, ask, say } from "./dialog.js";
import { stateCell } from "./jobrows.js";

const final = (job) => job.status === "done" || job.status === "failed" || job.status === "cancelled";

export function job(view) {
  const id = view.params.id;
  view.title = `Job ${id.slice(-8)}`;
  const title = h("h1", { id: "h-page", tabindex: "-1", class: "name" }, "…");
  const state = h("span", {});
  const actions = h("span", { class: "actions" });
  const main = h("div", { class: "main" });
  const side = h("div", { class: "side" });
  const body = h("div", { class: "columns is-job" }, main, side);
  view.root.append(h("div", { class: "title" }, title, state, h("span", { class: "spring" }), actions), h("p", { class: "id" }, h("code", {}, id)), body);
  let shown = null;
  let raw = new Map();
  let tag = null;
  let gone = false;

  const feed = follow((signal) => api.text(path`/jobs/${id}`, tag, { signal }), (answer) => {
    if (answer) {
      tag = answer.tag;
      raw = members(answer.text);
      shown = JSON.parse(answer.text);
      gone = false;
    }
    draw();
  }, (error) => {
    gone = error.status === 404;
    if (gone) tag = null;
    if (!shown || gone) {
      patch(title, "Job");
      patch(state, "");
      patch(actions, "");
      patch(side);
      patch(main, h("p", { class: "empty" }, gone ? "There is no such job: it was deleted, or its time is over." : error.message));
      shown = null;
    }
  });
  watchJob(id, () => feed.now());

  function draw() {
    if (!shown) return;
    patch(title, shown.type);
    patch(state, stateCell(shown.status), shown.cancel_requested ? h("span", { class: "tag is-warn" }, "cancel requested") : null);
    patch(actions, buttons());
    const lines = main.querySelector(".joblog");
    const place = lines && { top: lines.scrollTop, isEnd: lines.scrollTop + lines.clientHeight >= lines.scrollHeight - 4 };
    patch(main, waiting(shown), progress(shown, raw), failure(shown), timeline(shown), log(shown));
    const fresh = main.querySelector(".joblog");
    // Who reads at the end sees what comes; who has scrolled up stays there.
    if (fresh && fresh !== lines) fresh.scrollTop = place && !place.isEnd ? place.top : fresh.scrollHeight;
    patch(side, facts(shown), data("Payload", "payload", raw), data("Result", "result", raw), parents(shown), curl(shown, raw));
  }

  function buttons() {
    if (!api.can("operate")) return null;
    const one = (verb, label, tone = "") => h("button", { type: "button", class: `button ${tone}`.trim(), "data-do": verb }, label);
    return [
      shown.status === "failed" ? one("retry", "Replay", "is-main") : shown.status === "cancelled" ? one("retry", "Retry", "is-main") : null,
      final(shown) ? one("delete", "Delete", "is-danger") : one("cancel", "Cancel", "is-danger"),
      shown.status === "queued" || shown.status === "scheduled" ? one("delete", "Delete", "is-danger") : null,
    ];
  }

  actions.addEventListener("click", async (event) => {
    const verb = event.target.closest("[data-do]")?.dataset.do;
    if (!verb) return;
    if (verb === "retry") await act(() => api.post(path`/jobs/${id}/retry`), "Queued again");
    if (verb === "cancel") {
      const yes = await ask({ title: "Cancel this job?", text: shown.status === "running" ? "Its worker is told to stop; what it has done so far stays done." : "It will not run.", action: "Cancel the job", danger: true });
      if (yes) await act(() => api.post(path`/jobs/${id}/cancel`), (answer) => (answer?.cancel_requested ? "Its worker was told" : "Cancelled"));
    }
    if (verb === "delete") {
      const yes = await ask({ title: "Delete this job?", text: "Its payload, result and log go with it. This cannot be undone.", action: "Delete 1 job", danger: true });
      if (yes && (await act(() => api.remove(path`/jobs/${id}`), "1 job deleted"))) return view.go("#/jobs");
    }
    feed.now();
  });
  body.addEventListener("click", async (event) => {
    const what = event.target.closest("[data-copy]")?.dataset.copy;
    if (!what) return;
    const text = what === "curl" ? command(shown, raw) : raw.get(what) ?? "";
    say((await copy(text)) ? `Copied ${bytes(byteCount(text))}` : "The browser did not allow it", "is-good");
  });
  return {
    update(snapshot) {
      // Hints tell of what happens to it; a snapshot only of what happens around it.
      feed.tick(snapshot, shown !== null && !final(shown));
      draw();
    },
    end: () => feed.end(),
  };
}

const card = (name, title, note, ...content) => h("section", { class: `card ${name}`, "aria-label": title }, h("div", { class: "head" }, h("h2", {}, title), note ? h("span", { class: "note" }, note) : null), content);

function waiting(job) {
  if (!job.waiting?.length || final(job)) return null;
  return card("waiting", "Why it does not run", null, h("ul", { class: "lines" }, job.waiting.map((reason) => h("li", {}, icon("clock", "is-warn"), h("span", {}, reason.text ?? reason.reason),
    reason.queue ? h("a", { class: "end", href: address("queues", { q: reason.queue }) }, "queue") : null))));
}

function progress(job, raw) {
  const text = raw.get("progress");
  if (!text || text === "null") return null;
  let value = job.progress;
  let note = "";
  if (value && typeof value === "object") {
    note = String(value.message ?? value.text ?? value.step ?? "");
    value = value.fraction ?? value.value ?? value.progress ?? (value.total ? value.done / value.total : value.percent === undefined ? undefined : value.percent / 100);
  }
  const part = typeof value === "number" ? Math.min(1, Math.max(0, value > 1 ? value / 100 : value)) : null;
  return card("progress-card", "Progress", part === null ? null : `${Math.round(part * 100)} %`,
    h("div", { class: "inner" }, part === null ? null : h("progress", { max: "1", value: String(part), "aria-label": "Progress" }), note ? h("p", {}, note) : null, part === null && !note ? h("pre", {}, cut(text, 2000)) : null));
}

function failure(job) {
  if (!job.error) return null;
  return card("error-card", job.status === "failed" ? "Why it gave up" : "Last error", null, h("pre", { class: "is-bad", tabindex: "0" }, job.error));
}

function timeline(job) {
  const steps = [];
  const add = (time, kind, tone, title, detail) => steps.push({ time, kind, tone, title, detail });
  add(job.inserted_at, "plus", "is-soft", "Accepted", job.queue ? `queue ${job.queue}, priority ${job.priority}` : "");
  for (const attempt of job.failures ?? []) {
    const took = short(between(attempt.started_at, attempt.ended_at));
    add(attempt.ended_at ?? attempt.started_at, "lost", "is-bad", `Attempt ${attempt.attempt} failed`, [attempt.worker?.split("#")[0], `after ${took}`, attempt.error].filter(Boolean).join(" · "));
  }
  if (job.status === "scheduled" && between(job.run_at) < 0) add(job.run_at, "clock", "is-warn", job.attempt ? `Attempt ${job.attempt + 1} is due` : "Due", ago(job.run_at));
  if (job.started_at && !(job.failures ?? []).some((attempt) => attempt.started_at === job.started_at)) add(job.started_at, "play", "is-accent", `Attempt ${job.attempt} started`, job.worker?.split("#")[0] ?? "");
  if (job.finished_at) add(job.finished_at, ...({ done: ["up", "is-good", "Done"], failed: ["lost", "is-bad", "Gave up: a dead letter"], cancelled: ["minus", "is-faint", "Cancelled"] }[job.status] ?? ["dot", "is-faint", job.status]),
    job.started_at ? `the last attempt took ${short(between(job.started_at, job.finished_at))}, all of it ${short(between(job.inserted_at, job.finished_at))}` : "");
  steps.sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  return card("timeline-card", "Timeline", `attempt ${job.attempt} of ${job.max_attempts}${job.crashes ? `, ${plural(job.crashes, "crash", "crashes")}` : ""}`,
    h("ol", { class: "timeline" }, steps.map((step, index) => h("li", {}, icon(step.kind, step.tone), h("div", {}, h("b", { class: step.tone === "is-soft" ? "" : step.tone }, step.title), h("span", { class: "detail" }, cut(step.detail ?? "", 600))),
      h("time", { datetime: step.time, title: step.time }, when(step.time), index && between(steps[index - 1].time, step.time) >= 0.0005 ? h("small", {}, `+${short(between(steps[index - 1].time, step.time))}`) : null)))));
}

function log(job) {
  if (!job.log?.length) return null;
  return card("log-card", "Log", plural(job.log.length, "line"), h("ol", { class: "joblog", tabindex: "0", "aria-label": "Log" },
    job.log.map((line) => h("li", {}, h("time", { datetime: line.at, title: line.at }, when(line.at)), h("span", { class: "zero" }, `#${line.attempt}`), h("span", { class: "text" }, line.text)))));
}

function facts(job) {
  const fact = (title, value) => (value === null || value === undefined || value === "" ? null : h("div", {}, h("dt", {}, title), h("dd", {}, value)));
  const time = (value) => (value ? h("time", { datetime: value, title: value }, when(value)) : null);
  const retry = job.retry ? (job.retry.kind === "fixed" ? `every ${seconds(job.retry.delay)}` : job.retry.kind === "list" ? (job.retry.delays ?? []).map(seconds).join(", ") : `exponential from ${seconds(job.retry.base)}`) : null;
  return card("facts-card", "Facts", null, h("dl", { class: "facts" },
    fact("Queue", h("a", { href: address("jobs", { q: qualifier("queue", job.queue) }) }, job.queue)), fact("Type", h("a", { href: address("jobs", { q: qualifier("type", job.type) }) }, job.type)),
    fact("Priority", String(job.priority)), fact("Attempts", `${job.attempt} of ${job.max_attempts}`), fact("Worker", job.worker ? h("code", {}, job.worker) : null),
    fact("Timeout", seconds(job.timeout)), fact("Retry", retry), fact("Run at", time(job.run_at)), fact("Start by", time(job.start_by)), fact("Deadline", time(job.deadline)),
    fact("Kept until", time(job.expires_at)), fact("Unique", job.unique), fact("Tenant", job.tenant),
    fact("Tags", job.tags?.length ? h("span", { class: "tags" }, job.tags.map((tag) => h("a", { class: "tag", href: address("jobs", { q: qualifier("tag", tag) }) }, tag))) : null),
    fact("Batch", job.batch ? h("a", { href: address(`batches/${job.batch}`) }, job.batch) : null), fact("Trace", job.traceparent ? h("code", {}, job.traceparent) : null)));
}

function data(title, name, raw) {
  const text = raw.get(name);
  if (text === undefined || (name === "result" && text === "null")) return null;
  const size = byteCount(text);
  const long = text.length > 100_000;
  return h("section", { class: "card data-card", "aria-label": title },
    h("div", { class: "head" }, h("h2", {}, title), h("span", { class: "note" }, plural(size, "byte")), h("button", { type: "button", class: "button is-small", "data-copy": name, "aria-label": `Copy the ${name}` }, "Copy")),
    h("pre", { class: "data", tabindex: "0" }, long ? `${text.slice(0, 100_000)}…` : indented(text)));
}

function parents(job) {
  if (!job.parents?.length) return null;
  return card("parents-card", "Waits for", job.depends_rule ?? "", h("ul", { class: "lines" }, job.parents.map((parent) => h("li", {}, stateCell(parent.status), h("a", { class: "name", href: address(`jobs/${parent.id}`) }, parent.type ?? parent.id)))));
}

/** The line that gives the same job again. */
function command(job, raw) {
  const body = [["type", JSON.stringify(job.type)], ["queue", JSON.stringify(job.queue)], ["payload", raw.get("payload") ?? "{}"], ["priority", String(job.priority)], ["max_attempts", String(job.max_attempts)]]
    .concat(job.tags?.length ? [["tags", JSON.stringify(job.tags)]] : []).map(([name, value]) => `"${name}":${value}`).join(",");
  return `curl -X POST ${quoted(new URL("api/jobs", document.baseURI).href)} -H 'Content-Type: application/json'${api.session.mode === "open" ? "" : " -H \"Authorization: Bearer $ROOST_TOKEN\""} -d ${quoted(`{${body}}`)}`;
}

function curl(job, raw) {
  if (job.payload === undefined) return null;
  return h("section", { class: "card data-card", "aria-label": "The same again" }, h("div", { class: "head" }, h("h2", {}, "The same again"), h("span", { class: "note" }, "a line for a shell"), h("button", { type: "button", class: "button is-small", "data-copy": "curl", "aria-label": "Copy the line" }, "Copy")),
    h("pre", { class: "data is-line", tabindex: "0" }, cut(command(job, raw), 4000)));
}
