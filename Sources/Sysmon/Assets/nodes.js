// The members: a table, the picture of who is connected to whom, and a page for each.

import { h, icon, patch, setText } from "./dom.js";
import { address, path, qualifier } from "./address.js";
import { bytes, clock, count, plural, rate, short } from "./format.js";
import * as api from "./api.js";
import { state } from "./stream.js";
import { act, ask } from "./dialog.js";
import { gauge } from "./chart.js";
import { topology, words, beat } from "./topology.js";
import { table } from "./table.js";

const order = { lost: 0, draining: 1, up: 2, left: 3 };

/** Keeps asking the console itself for something, a few seconds apart. */
export function keepAsking(route, show) {
  let last = 0;
  let ended = false;
  async function load() {
    last = performance.now();
    const reply = await fetch(route, { credentials: "same-origin", cache: "no-store" }).catch(() => null);
    if (!reply?.ok || ended) return;
    const answer = await reply.json().catch(() => null);
    if (answer !== null && !ended) show(answer);
  }
  load();
  return { tick() { if (performance.now() - last > 4500) load(); }, end() { ended = true; } };
}

const stateCell = (node) => h("span", { class: `state s-${node.state}`, title: `since ${clock(node.since)}` }, icon(node.state), h("b", {}, words[node.state] ?? node.state));

/** The table of members. */
export function nodeTable({ small = false } = {}) {
  const none = (text) => h("span", { class: "zero" }, text);
  const isGone = (node) => node.state === "lost" || node.state === "left";
  const restarts = (node) => node.duties.reduce((sum, duty) => sum + duty.restarts, 0);
  const list = table({
    caption: "Members of the cluster", key: (node) => node.name, href: (node) => address(`nodes/${encodeURIComponent(node.name)}`),
    tone: (node) => `s-${node.state}`, empty: "No members yet.",
    columns: [
      { name: "State", cell: stateCell },
      { name: "Node", class: "name", cell: (node) => node.name },
      { name: "Slots", class: "slots", cell: (node) => (node.slots && !isGone(node) ? h("span", { class: "gauge" }, gauge(node.busy, node.slots), h("span", {}, `${node.busy}/${node.slots}`)) : "") },
      { name: "Done/s", class: "r p2", cell: (node) => (node.slots && !isGone(node) ? rate(node.done_per_second ?? 0) : none("–")) },
      ...(small ? [] : [
        { name: "Done", class: "r p2", cell: (node) => (node.slots ? count(node.processed) : none("–")) },
        { name: "Failed", class: "r p2", cell: (node) => (node.slots ? (node.failed ? count(node.failed) : none("0")) : none("–")) },
      ]),
      { name: "Heartbeat", class: "r", cell: (node) => h("span", { class: isGone(node) ? "b-old" : beat(node.heartbeat_age) }, short(node.heartbeat_age)) },
      ...(small ? [] : [{ name: "Ping", class: "r p4", cell: (node) => (node.round_trip_ms === undefined ? none("–") : `${rate(node.round_trip_ms)} ms`) }]),
      { name: "Peers", class: "r p3", cell: (node) => (node.peers === undefined ? none("–") : count(node.peers)) },
      ...(small ? [] : [{ name: "Duties", class: "p4", cell: (node) => h("span", { class: restarts(node) ? "is-warn" : "soft" }, `${node.duties.length}${restarts(node) ? `, ${plural(restarts(node), "restart")}` : ""}`) }]),
      { name: "Uptime", class: "r p3", cell: (node) => (isGone(node) ? none("–") : short(node.uptime)) },
      { name: "Memory", class: "r p4", cell: (node) => bytes(node.memory_bytes) },
      ...(small ? [] : [{ name: "Version", class: "p4 soft", cell: (node) => node.version || "–" }]),
    ],
  });
  return {
    element: list.element,
    update(nodes, snapshot, note) {
      const sorted = [...nodes].sort((a, b) => order[a.state] - order[b.state] || (a.name < b.name ? -1 : 1));
      list.update(sorted, note);
    },
  };
}

export function nodes(view) {
  const picture = h("div", { class: "picture is-large", id: "topology" });
  const note = h("span", { class: "note" });
  const tally = h("span", { class: "count" });
  const list = nodeTable();
  const filter = h("input", { type: "search", placeholder: "Filter nodes", autocomplete: "off", spellcheck: "false", "aria-label": "Filter nodes", value: view.query.get("q") ?? "" });
  filter.addEventListener("input", () => {
    view.ask({ q: filter.value.trim() }, { replace: true });
    draw();
  });
  view.root.append(
    view.heading("Nodes", tally, h("span", { class: "spring" }), h("label", { class: "filter" }, filter, h("kbd", { "aria-hidden": "true" }, "/"))),
    h("section", { class: "card", "aria-labelledby": "h-topology" }, h("div", { class: "head" }, h("h2", { id: "h-topology" }, "Topology"), legend(), note), picture),
    h("section", { class: "card", "aria-label": "Members" }, list.element));
  let links = null;
  const survey = keepAsking("links", (fresh) => {
    links = fresh;
    draw();
  });
  function draw() {
    const { snapshot } = state;
    if (!snapshot) return;
    setText(note, topology(picture, snapshot, links));
    const wanted = filter.value.trim().toLowerCase();
    const shown = snapshot.nodes.filter((node) => !wanted || [node.name, node.state, node.version, ...node.roles].some((text) => text.toLowerCase().includes(wanted)));
    list.update(shown, snapshot, snapshot.nodes.length ? "No node matches the filter." : "No members yet.");
    const hidden = snapshot.hidden.nodes ? `, ${count(snapshot.hidden.nodes)} more not shown` : "";
    setText(tally, `${shown.length === snapshot.nodes.length ? count(shown.length) : `${count(shown.length)} of ${count(snapshot.nodes.length)}`}${hidden}`);
  }
  const resized = new ResizeObserver(draw);
  resized.observe(picture);
  return {
    update() {
      survey.tick();
      draw();
    },
    onQuery(query) {
      if (document.activeElement !== filter) filter.value = query.get("q") ?? "";
      draw();
    },
    end() {
      resized.disconnect();
      survey.end();
    },
  };
}

const legend = () => h("ul", { class: "legend is-quiet", "aria-label": "Heartbeat" },
  [["b-fresh", "beats"], ["b-late", "late"], ["b-old", "silent or lost"]].map(([tone, text]) => h("li", {}, h("i", { class: `swatch ${tone}` }), text)));

/** One member. */
export function node(view) {
  const { name } = view.params;
  view.title = name;
  const body = h("div", { class: "columns" });
  const actions = h("span", { class: "actions" });
  actions.addEventListener("click", async (event) => {
    const verb = event.target.closest("[data-do]")?.dataset.do;
    if (!verb) return;
    const busy = state.snapshot?.nodes.find((each) => each.name === name)?.busy ?? 0;
    if (verb === "drain" && !(await ask({ title: `Drain ${name}?`, text: `It takes no new jobs; the ${plural(busy, "job")} it runs go on. It can be told to take work again.`, action: "Drain 1 node" }))) return;
    await act(() => api.post(path`/nodes/${name}/${verb}`), verb === "drain" ? "It was told to drain" : "It was told to take work again");
  });
  const jobsLink = h("a", { class: "button", hidden: true }, "Its jobs");
  // A worker is called by its member's name and incarnation, which the stream does not tell.
  api.get("/nodes").then((all) => {
    const incarnation = all.find((each) => each.name === name)?.incarnation;
    if (!incarnation) return;
    jobsLink.href = address("jobs", { q: qualifier("node", `${name}#${incarnation}`) });
    jobsLink.hidden = false;
  }, () => {});
  view.root.append(view.heading(name, h("span", { class: "spring" }), actions, jobsLink), body);
  let links = [];
  const survey = keepAsking("links", (fresh) => {
    links = fresh;
    draw();
  });
  function draw() {
    const member = state.snapshot?.nodes.find((each) => each.name === name);
    if (!member) return void patch(body, h("p", { class: "empty" }, state.snapshot ? "No member has this name." : "Waiting."));
    const mayDrain = api.session.paths && api.has("/nodes/{node}/drain") && api.can("operate") && member.slots > 0;
    const order = (verb, label) => h("button", { type: "button", class: "button", "data-do": verb }, label);
    patch(actions, mayDrain && member.state === "up" ? order("drain", "Drain") : mayDrain && member.state === "draining" ? order("undrain", "Take work again") : null);
    const fact = (title, ...value) => h("div", {}, h("dt", {}, title), h("dd", {}, value));
    const connected = links.find((each) => each.name === name)?.connected ?? null;
    patch(body,
      h("section", { class: "card", "aria-labelledby": "h-facts" }, h("div", { class: "head" }, h("h2", { id: "h-facts" }, "Member")),
        h("dl", { class: "facts" },
          fact("State", stateCell(member)), fact("Since", clock(member.since)), fact("Roles", member.roles.join(", ")),
          fact("Heartbeat", h("span", { class: beat(member.heartbeat_age) }, `${short(member.heartbeat_age)} ago`)),
          member.slots ? fact("Slots", h("span", { class: "gauge" }, gauge(member.busy, member.slots), h("span", {}, `${member.busy} of ${member.slots}`))) : null,
          member.slots ? fact("Done", `${count(member.processed)}, ${rate(member.done_per_second ?? 0)}/s now`) : null,
          member.slots ? fact("Failed", count(member.failed)) : null,
          fact("Uptime", short(member.uptime)), fact("Memory", bytes(member.memory_bytes)), fact("Version", member.version || "–"),
          member.http ? fact("API", h("code", {}, member.http)) : null, member.console ? fact("Console", h("code", {}, member.console)) : null,
          member.link ? fact("Link from here", member.link) : null, member.round_trip_ms === undefined ? null : fact("Ping", `${member.round_trip_ms} ms`))),
      h("section", { class: "card", "aria-labelledby": "h-duties" }, h("div", { class: "head" }, h("h2", { id: "h-duties" }, "Duties"), h("span", { class: "note" }, "its supervised loops")),
        member.duties.length ? h("ul", { class: "lines" }, member.duties.map((duty) => {
          const ok = duty.state === "running" || duty.state === "up";
          return h("li", {}, icon(ok ? "up" : "warn", ok ? "is-good" : "is-warn"), h("b", {}, duty.name), h("span", { class: "soft" }, duty.state), h("span", { class: `end ${duty.restarts ? "is-warn" : "zero"}` }, plural(duty.restarts, "restart")));
        })) : h("p", { class: "empty" }, "None known.")),
      h("section", { class: "card", "aria-labelledby": "h-peers" }, h("div", { class: "head" }, h("h2", { id: "h-peers" }, "Connections"), h("span", { class: "note" }, connected === null ? `${member.peers ?? "–"} known` : plural(connected.length, "member"))),
        connected?.length ? h("ul", { class: "lines" }, [...connected].sort().map((other) => h("li", {}, icon("up", "is-good"), h("a", { class: "name", href: address(`nodes/${encodeURIComponent(other)}`) }, other))))
          : h("p", { class: "empty" }, connected === null ? "It did not say." : "None.")));
  }
  draw();
  return { update() { survey.tick(); draw(); }, end: () => survey.end() };
}
