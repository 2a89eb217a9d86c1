// Lists of jobs: search in the address, states as tabs, pages, and actions on some or all of them. Dead letters are the
// same list of one state.

import { h, patch, setText, setAttribute } from "./dom.js";
import { address, searchText, words } from "./address.js";
import { count, plural } from "./format.js";
import * as api from "./api.js";
import { follow, state as live } from "./stream.js";
import { table } from "./table.js";
import { actOn, actOnAll, jobColumns, jobHref, states } from "./jobrows.js";

const qualifiers = ["type:", "queue:", "state:", "tag:", "node:", "error:", "tenant:"];

/** What the server is asked for. Without a search of its own it knows types, queues and states. */
function question(query, fixed) {
  const wanted = new URLSearchParams();
  const text = query.get("q") ?? "";
  const path = fixed && !text && !api.takes("/jobs", "q") ? "/dead" : "/jobs";
  const status = fixed ?? query.get("state");
  if (api.takes("/jobs", "q")) {
    if (text) wanted.set("q", searchText(text));
    if (status && !/(^|\s)(state|status):/.test(text)) wanted.set("status", status);
  } else {
    if (status) wanted.set("status", status);
    const unknown = [];
    for (const word of words(searchText(text))) {
      const [, name, value] = /^(\w+):(.*)$/.exec(word) ?? [null, "type", word];
      if (name === "type" || name === "queue") wanted.set(name, value);
      else if (name === "state" || name === "status") wanted.set("status", value);
      else unknown.push(`${name}:`);
    }
    if (unknown.length) throw new api.APIError(400, `This server cannot search for ${unknown.join(", ")}`);
  }
  for (const name of ["cursor", "page"]) if (query.get(name)) wanted.set(name, query.get(name));
  return `${path}?${wanted}`;
}

/** The filter as bulk actions take it. */
function filterOf(query, fixed) {
  const status = fixed ?? query.get("state");
  const text = searchText(query.get("q") ?? "");
  return [text, status && !/(^|\s)(state|status):/.test(text) ? `state:${status}` : ""].filter(Boolean).join(" ");
}

export function jobs(view, { fixed = null } = {}) {
  let query = view.query;
  let shown = { items: [], total: null, links: {} };
  const picked = new Set();
  const mayOperate = () => api.can("operate");
  const hint = h("datalist", { id: "qualifiers" });
  const field = h("input", { type: "search", class: "search", placeholder: "type:mail  queue:media  error:refused", autocomplete: "off", spellcheck: "false", "aria-label": "Search jobs", list: "qualifiers" });
  field.value = query.get("q") ?? "";
  const form = h("form", { class: "search-row", role: "search", onsubmit: (event) => {
    event.preventDefault();
    view.ask({ q: field.value.trim(), state: query.get("state") });
  } }, field, hint, h("button", { type: "submit", class: "button" }, "Search"));
  const tabs = h("div", { class: "tabs", role: "group", "aria-label": "State" });
  const tally = h("span", { class: "count" });
  const fault = h("p", { class: "fault", role: "alert", hidden: true });
  const bulk = h("div", { class: "bulk", role: "group", "aria-label": "Actions" });
  const pager = h("div", { class: "pager" });
  const list = table({
    caption: fixed ? "Dead letters" : "Jobs", columns: jobColumns, key: (job) => job.id, href: jobHref, tone: (job) => `j-${job.status}`,
    select: picked, onselect: () => drawBulk(), empty: "No job matches.",
  });
  view.root.append(view.heading(fixed ? "Dead letters" : "Jobs", tally), form, fixed ? "" : tabs,
    h("section", { class: "card", "aria-label": fixed ? "Dead letters" : "Jobs", "data-aged": true }, bulk, fault, list.element, pager));

  const load = async (signal) => api.list(question(query, fixed), { signal });
  const feed = follow(load, (answer) => {
    shown = answer;
    // What is not on this page is not picked: nobody could see it.
    const ids = new Set(answer.items.map((job) => job.id));
    for (const id of picked) if (!ids.has(id)) picked.delete(id);
    fault.hidden = true;
    draw();
  }, (error) => {
    setText(fault, error.lines?.join(". ") ?? error.message);
    fault.hidden = false;
    if (error.status >= 400 && error.status < 500) {
      shown = { items: [], total: null, links: {} };
      draw();
    }
  });

  function draw() {
    list.update(shown.items, fixed && !query.get("q") ? "No dead letters. Good." : "No job matches.");
    setText(tally, shown.total === null ? (shown.items.length ? `${count(shown.items.length)} shown` : "") : count(shown.total));
    drawTabs();
    drawBulk();
    drawPager();
  }

  function drawTabs() {
    if (fixed) return;
    const active = query.get("state") ?? "";
    const totals = live.snapshot?.totals;
    const plain = !query.get("q");
    patch(tabs, ["", ...states].map((name) => h("a", { class: "tab", href: address("jobs", { q: query.get("q"), state: name }), "aria-current": name === active ? "page" : null },
      name || "all", plain && totals && name ? h("span", { class: "count" }, count(totals[name])) : null)));
  }

  function drawBulk() {
    const ids = [...picked];
    const filter = filterOf(query, fixed);
    if (!mayOperate()) return void patch(bulk, h("span", { class: "soft" }, "Your token may look, not change."));
    const some = (verb, label, danger) => h("button", { type: "button", class: danger ? "button is-danger" : "button", "data-do": verb }, label);
    const verbsOf = fixed ? [["retry", "Replay"], ["delete", "Delete", true]] : [["retry", "Retry"], ["cancel", "Cancel", true], ["delete", "Delete", true]];
    if (ids.length) {
      patch(bulk, h("span", { class: "picked" }, `${plural(ids.length, "job")} ticked`), verbsOf.map(([verb, label, danger]) => some(verb, label, danger)), h("button", { type: "button", class: "button is-plain", "data-do": "none" }, "Untick"));
    } else {
      patch(bulk, h("span", { class: "soft" }, "Tick jobs to act on them"), h("span", { class: "spring" }),
        wholesale(filter).map(([verb, label, danger]) => some(verb, label, danger)));
    }
  }

  /** What can be done to everything that matches, as far as the server can. */
  function wholesale(filter) {
    if (!shown.items.length) return [];
    const all = query.get("q") ? "all that match" : "all";
    if (api.has("/jobs/actions") && api.session.paths) return fixed ? [["all-retry", `Replay ${all}…`], ["all-delete", `Delete ${all}…`, true]]
      : filter ? [["all-retry", `Retry ${all}…`], ["all-cancel", `Cancel ${all}…`, true], ["all-delete", `Delete ${all}…`, true]] : [];
    return fixed || query.get("state") === "failed" ? [["all-retry", `Replay ${all}…`]] : [];
  }

  bulk.addEventListener("click", async (event) => {
    const what = event.target.closest("[data-do]")?.dataset.do;
    if (!what) return;
    if (what === "none") {
      picked.clear();
      return draw();
    }
    const [, verb] = /^all-(.*)$/.exec(what) ?? [];
    const acted = verb ? await everything(verb) : await actOn(what, [...picked]);
    if (!acted) return;
    if (!verb) picked.clear();
    feed.now();
  });

  function everything(verb) {
    const title = { retry: fixed ? "Replay" : "Retry", cancel: "Cancel", delete: "Delete" }[verb];
    const text = { retry: "queued again", cancel: "cancelled", delete: "deleted" }[verb];
    if (api.has("/jobs/actions") && api.session.paths) {
      return actOnAll({ title, action: title, danger: verb !== "retry", done: { field: "done", text }, call: (dry) => api.post("/jobs/actions", { action: verb, q: filterOf(query, fixed), limit: 10_000, dry_run: dry }) });
    }
    const wanted = new URLSearchParams(question(query, fixed).split("?")[1]);
    const body = Object.fromEntries(["type", "queue"].filter((name) => wanted.get(name)).map((name) => [name, wanted.get(name)]));
    return actOnAll({ title, action: title, done: { field: "replayed", text }, call: (dry) => api.post("/dead/replay", { ...body, limit: 10_000, dry_run: dry }) });
  }

  function drawPager() {
    const { next, prev } = shown.links;
    const to = (parameters) => address(fixed ? "dead" : "jobs", { q: query.get("q"), state: query.get("state"), cursor: parameters.get("cursor"), page: parameters.get("page") });
    const link = (title, parameters, relation) => (parameters ? h("a", { class: "button", href: to(parameters), rel: relation }, title) : null);
    const first = query.get("cursor") || (query.get("page") && query.get("page") !== "1");
    patch(pager, first ? link("Newest", new URLSearchParams(), "first") : null, link("Newer", prev, "prev"), link("Older", next, "next"));
    pager.hidden = !pager.childNodes.length;
  }

  field.addEventListener("focus", () => {
    const snapshot = live.snapshot;
    patch(hint, [...qualifiers, ...states.map((name) => `state:${name}`), ...(snapshot?.queues ?? []).slice(0, 50).map((queue) => `queue:${queue.name}`),
      ...[...new Set(shown.items.map((job) => job.type))].slice(0, 50).map((type) => `type:${type}`)].map((value) => h("option", { value })));
  });
  draw();
  return {
    update(snapshot) {
      feed.tick(snapshot);
      draw();
    },
    onQuery(next) {
      query = next;
      picked.clear();
      if (document.activeElement !== field) field.value = query.get("q") ?? "";
      feed.anew();
      drawTabs();
    },
    end: () => feed.end(),
  };
}
