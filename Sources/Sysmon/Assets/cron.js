// Periodic jobs: when each runs next, pause, run now, put and delete.

import { h, setText, icon } from "./dom.js";
import { path } from "./address.js";
import { ago, count, cut, when } from "./format.js";
import * as api from "./api.js";
import { follow } from "./stream.js";
import { act, ask, choice, field, say } from "./dialog.js";
import { button, table } from "./table.js";

export function crons(view) {
  const tally = h("span", { class: "count" });
  const fault = h("p", { class: "fault", role: "alert", hidden: true });
  const put = h("button", { type: "button", class: "button is-main", onclick: () => edit(null) }, "New");
  const list = table({
    caption: "Periodic jobs", key: (cron) => cron.name, empty: "No periodic jobs yet.", tone: (cron) => (cron.paused ? "is-paused" : ""), onclick: (verb, cron) => ({ run, toggle, edit, drop, next })[verb](cron),
    columns: [
      { name: "Name", class: "name", cell: (cron) => [cron.name, cron.paused ? h("span", { class: "tag is-warn" }, icon("pause"), "paused") : null] },
      { name: "Schedule", class: "mono", cell: (cron) => cron.schedule },
      { name: "Zone", class: "p3 soft", cell: (cron) => cron.time_zone },
      { name: "Job", class: "p2 name", cell: (cron) => `${cron.job?.type ?? "–"}` },
      { name: "Queue", class: "p3 soft", cell: (cron) => cron.job?.queue ?? "–" },
      { name: "Next", class: "r", cell: (cron) => (cron.paused || !cron.next_run ? h("span", { class: "zero" }, "–") : h("span", { title: when(cron.next_run) }, ago(cron.next_run))) },
      { name: "Last", class: "r p3", cell: (cron) => (cron.last_run ? h("span", { title: when(cron.last_run) }, ago(cron.last_run)) : h("span", { class: "zero" }, "never")) },
      { name: "", class: "r acts", cell: (cron) => [button("next", "Next runs", "is-small p2"), ...(api.can("operate") ? [button("run", "Run now", "is-small p2"), button("toggle", cron.paused ? "Resume" : "Pause", "is-small"), button("edit", "Edit", "is-small p2"), button("drop", "Delete", "is-small is-danger p2")] : [])] },
    ],
  });
  view.root.append(view.heading("Cron", tally, h("span", { class: "spring" }), api.can("operate") ? put : null),
    h("section", { class: "card", "aria-label": "Periodic jobs" }, fault, list.element));
  let shown = [];
  const feed = follow((signal) => api.get("/cron", { signal }), (answer) => {
    shown = answer;
    fault.hidden = true;
    draw();
  }, (error) => {
    setText(fault, error.message);
    fault.hidden = false;
  });
  function draw() {
    list.update(shown);
    setText(tally, count(shown.length));
  }
  async function run(cron) {
    await act(() => api.post(path`/cron/${cron.name}/run`), `${cron.name}: a job was given`);
  }
  async function toggle(cron) {
    await act(() => api.post(path`/cron/${cron.name}/${cron.paused ? "resume" : "pause"}`), `${cron.name} ${cron.paused ? "resumed" : "paused"}`);
    feed.now();
  }
  async function drop(cron) {
    const yes = await ask({ title: `Delete ${cron.name}?`, text: "Jobs it has given stay. This cannot be undone.", action: "Delete 1 periodic job", danger: true });
    if (yes && (await act(() => api.remove(path`/cron/${cron.name}`), `${cron.name} deleted`))) feed.now();
  }
  async function next(cron) {
    try {
      const full = await api.get(path`/cron/${cron.name}`);
      await ask({ title: `Next runs of ${cron.name}`, text: `${cron.schedule}, ${cron.time_zone}`, action: "Close", form: h("ol", { class: "lines" }, (full.next_runs ?? []).map((time) => h("li", {}, icon("clock", "is-soft"), h("time", { datetime: time }, when(time)), h("span", { class: "end soft" }, ago(time))))) });
    } catch (error) {
      say(error.message, "is-bad");
    }
  }
  async function edit(cron) {
    const job = cron?.job ?? { type: "", payload: {} };
    const answer = await ask({
      title: cron ? `Edit ${cron.name}` : "New periodic job", action: cron ? "Save" : "Make",
      check: (form) => {
        try {
          if (JSON.parse(form.job) === null || typeof JSON.parse(form.job) !== "object") return "The job must be an object";
        } catch { return "The job is no JSON"; }
        return form.name === "" ? "It needs a name" : form.schedule.trim() ? null : "It needs a schedule";
      },
      form: h("div", { class: "form" },
        cron ? null : field("Name", "name", { placeholder: "nightly-report" }),
        field("Schedule", "schedule", { value: cron?.schedule ?? "", placeholder: "*/5 * * * *" }, "Five or six fields, or @daily"),
        field("Time zone", "time_zone", { value: cron?.time_zone ?? "UTC" }),
        choice("Slots that were missed", "catch_up", ["latest", "all", "none"], cron?.catch_up ?? "latest"),
        field("Job", "job", { rows: 7, value: JSON.stringify(job, null, 2) }, "As POST /jobs takes it")),
    });
    if (!answer) return;
    const name = cron?.name ?? answer.name.trim();
    // The job goes as it was typed: numbers of any length survive.
    const body = `{"schedule":${JSON.stringify(answer.schedule.trim())},"time_zone":${JSON.stringify(answer.time_zone.trim() || "UTC")},"catch_up":${JSON.stringify(answer.catch_up)},"paused":${cron?.paused ?? false},"job":${answer.job}}`;
    await act(() => api.put(path`/cron/${name}`, body), `${cut(name, 60)} saved`);
    feed.now();
  }
  return {
    update(snapshot) {
      feed.tick(snapshot);
      draw();
    },
    end: () => feed.end(),
  };
}
