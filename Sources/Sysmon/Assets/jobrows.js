// What lists of jobs have in common: their columns, their states, and what can be done to many at once.

import { h, icon } from "./dom.js";
import { address, path } from "./address.js";
import { ago, between, count, cut, plural, short, tail, when } from "./format.js";
import * as api from "./api.js";
import { ask, complain, say } from "./dialog.js";

export const states = ["queued", "running", "scheduled", "done", "failed", "cancelled"];

const looks = {
  queued: ["left", "is-soft"], running: ["play", "is-accent"], scheduled: ["clock", "is-soft"], done: ["up", "is-good"],
  failed: ["lost", "is-bad"], cancelled: ["minus", "is-faint"],
};

export function stateCell(state) {
  const [kind, tone] = looks[state] ?? ["dot", "is-faint"];
  return h("span", { class: `state ${tone}` }, icon(kind, tone), h("b", {}, state ?? "gone"));
}

/** How long the last attempt took, or takes. */
function ran(job) {
  if (!job.started_at) return "–";
  return short(job.status === "running" ? between(job.started_at) : between(job.started_at, job.finished_at));
}

const moment = (job) => job.finished_at ?? (job.status === "scheduled" ? job.run_at : job.status === "running" ? job.started_at : job.inserted_at);

export const jobColumns = [
  { name: "State", cell: (job) => stateCell(job.status) },
  { name: "Type", class: "name", cell: (job) => cut(job.type ?? "–", 60) },
  { name: "Queue", class: "p2 soft", cell: (job) => job.queue ?? "–" },
  { name: "Id", class: "mono p3", cell: (job) => h("span", { title: job.id }, tail(job.id)) },
  { name: "Attempt", class: "r p2", cell: (job) => (job.max_attempts ? `${job.attempt}/${job.max_attempts}` : "–") },
  { name: "When", class: "r", cell: (job) => h("span", { title: when(moment(job)) }, ago(moment(job))) },
  { name: "Took", class: "r p3", cell: ran },
  { name: "", class: "grow p2", cell: (job) => (job.error ? h("span", { class: "is-bad", title: cut(job.error, 2000) }, cut(job.error.split("\n")[0], 160)) : job.worker && job.status === "running" ? h("span", { class: "soft mono" }, job.worker.split("#")[0]) : h("span", { class: "tags" }, (job.tags ?? []).slice(0, 6).map((tag) => h("span", { class: "tag" }, cut(tag, 40))))) },
];

export const jobHref = (job) => address(`jobs/${job.id}`);

const verbs = {
  retry: { title: "Retry", done: "queued again", call: (id) => api.post(path`/jobs/${id}/retry`) },
  cancel: { title: "Cancel", done: "cancelled", danger: true, call: (id) => api.post(path`/jobs/${id}/cancel`) },
  delete: { title: "Delete", done: "deleted", danger: true, call: (id) => api.remove(path`/jobs/${id}`) },
};

/** Asks, then does something to some jobs, a few at a time; resolves to whether anything was done. */
export async function actOn(verb, ids) {
  const { title, done, danger, call } = verbs[verb];
  const what = plural(ids.length, "job");
  const yes = await ask({ title: `${title} ${what}?`, text: danger ? "This cannot be undone." : null, action: `${title} ${what}`, danger });
  if (!yes) return false;
  let good = 0;
  const faults = new Map();
  const left = [...ids];
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      try {
        await call(id);
        good += 1;
      } catch (error) {
        faults.set(error.message, (faults.get(error.message) ?? 0) + 1);
      }
    }
  }));
  if (good) say(`${plural(good, "job")} ${done}`);
  for (const [message, times] of faults) say(`${plural(times, "job")}: ${message}`, "is-bad");
  return true;
}

/**
 * Does something to everything that a filter matches: counts first, says the count, asks, acts. `call(isDryRun)` makes
 * the request and answers with `matched`, `more` and how many were done.
 */
export async function actOnAll({ title, action, danger = false, call, done }) {
  let found;
  try {
    found = await call(true);
  } catch (error) {
    complain(error);
    return false;
  }
  const matched = found.matched ?? found.count ?? 0;
  if (!matched) {
    say("Nothing matches");
    return false;
  }
  const more = found.more || found.has_more;
  const what = `${more ? "the first " : ""}${plural(matched, "job")}`;
  const yes = await ask({ title: `${title} ${what}?`, text: more ? "There are more than one call takes; do it again for the rest." : danger ? "This cannot be undone." : "They wait in their queues again, with a fresh set of attempts.", action: `${action} ${count(matched)}`, danger });
  if (!yes) return false;
  try {
    const answer = await call(false);
    const number = answer[done.field] ?? answer.done ?? 0;
    say(`${plural(number, "job")} ${done.text}`);
  } catch (error) {
    complain(error);
  }
  return true;
}
