// Webhooks: who is told when jobs end, and how that went.

import { h, icon, patch, setText } from "./dom.js";
import { address, path } from "./address.js";
import { ago, count, cut, short, tail, when } from "./format.js";
import * as api from "./api.js";
import { follow } from "./stream.js";
import { act, ask, field } from "./dialog.js";
import { button, table } from "./table.js";

function stateCell(hook) {
  const [kind, tone, word] = !hook.enabled ? ["minus", "is-faint", "off"] : hook.failing_since ? ["warn", "is-warn", "failing"] : ["up", "is-good", "on"];
  return h("span", { class: `state ${tone}`, title: hook.disabled_reason ?? "" }, icon(kind), h("b", {}, word));
}

const told = (hook) => [...hook.events, ...hook.types.map((name) => `type ${name}`), ...hook.queues.map((name) => `queue ${name}`), ...hook.tags.map((name) => `tag ${name}`)].join(", ");

export function webhooks(view) {
  const tally = h("span", { class: "count" });
  const fault = h("p", { class: "fault", role: "alert", hidden: true });
  const may = api.can("admin");
  const list = table({
    caption: "Webhooks", key: (hook) => hook.id, href: (hook) => address(`webhooks/${encodeURIComponent(hook.id)}`), empty: "Nobody is told yet.", onclick: (verb, hook) => ({ drop, toggle })[verb](hook),
    columns: [
      { name: "State", cell: stateCell },
      { name: "Address", class: "mono grow", cell: (hook) => cut(hook.url, 120) },
      { name: "Told of", class: "p2 soft", cell: (hook) => cut(told(hook), 60) },
      { name: "Note", class: "p3 soft", cell: (hook) => cut(hook.note ?? "", 60) },
      { name: "Made", class: "r p3", cell: (hook) => ago(hook.created_at) },
      { name: "", class: "r acts", cell: (hook) => (may ? [button("toggle", hook.enabled ? "Switch off" : "Switch on", "is-small"), button("drop", "Delete", "is-small is-danger p2")] : "") },
    ],
  });
  view.root.append(view.heading("Webhooks", tally, h("span", { class: "spring" }), may ? h("button", { type: "button", class: "button is-main", onclick: make }, "New") : null),
    h("section", { class: "card", "aria-label": "Webhooks" }, fault, list.element));
  const feed = follow((signal) => api.get("/webhooks", { signal }), (hooks) => {
    fault.hidden = true;
    list.update(hooks);
    setText(tally, count(hooks.length));
  }, (error) => {
    setText(fault, error.message);
    fault.hidden = false;
  });
  async function toggle(hook) {
    await act(() => api.patchTo(path`/webhooks/${hook.id}`, { enabled: !hook.enabled }), hook.enabled ? "Switched off" : "Switched on");
    feed.now();
  }
  async function drop(hook) {
    const yes = await ask({ title: "Delete 1 webhook?", text: `${hook.url} is told nothing more. This cannot be undone.`, action: "Delete 1 webhook", danger: true });
    if (yes && (await act(() => api.remove(path`/webhooks/${hook.id}`), "1 webhook deleted"))) feed.now();
  }
  async function make() {
    const names = (text) => text.split(/[\s,]+/).filter(Boolean);
    const answer = await ask({
      title: "New webhook", action: "Make", check: (form) => (/^https?:\/\/./.test(form.url.trim()) ? null : "It needs an address that begins with https://"),
      form: h("div", { class: "form" }, field("Address", "url", { type: "url", placeholder: "https://example.org/hook" }), field("Only types", "types", { placeholder: "all" }), field("Only queues", "queues", { placeholder: "all" }), field("Note", "note")),
    });
    if (!answer) return;
    let made = null;
    await act(async () => { made = await api.post("/webhooks", { url: answer.url.trim(), types: names(answer.types), queues: names(answer.queues), note: answer.note.trim() || null }); }, "Webhook made");
    if (!made) return;
    feed.now();
    await ask({ title: "Keep its secret now", text: "Deliveries are signed with it. It is shown this once.", action: "Done", form: h("p", { class: "secret" }, h("code", {}, made.secret)) });
  }
  return { update: (snapshot) => feed.tick(snapshot), end: () => feed.end() };
}

export function webhook(view) {
  const { id } = view.params;
  const facts = h("section", { class: "card", "aria-label": "Webhook" });
  const may = api.can("admin");
  let query = view.query;
  const pager = h("div", { class: "pager", hidden: true });
  const list = table({
    caption: "Deliveries", key: (each) => `${each.delivery} ${each.attempt} ${each.at}`, empty: "Nothing was delivered yet.", onclick: (verb, each) => again(each),
    columns: [
      { name: "Answer", cell: (each) => {
        const good = each.status >= 200 && each.status < 300;
        return h("span", { class: `state ${good ? "is-good" : "is-bad"}` }, icon(good ? "up" : "lost"), h("b", {}, each.status === null ? "none" : String(each.status)));
      } },
      { name: "Event", cell: (each) => String(each.event) },
      { name: "Job", class: "mono p2", cell: (each) => (each.job ? h("a", { href: address(`jobs/${each.job}`) }, tail(String(each.job))) : "–") },
      { name: "Attempt", class: "r", cell: (each) => count(each.attempt) },
      { name: "Took", class: "r p2", cell: (each) => short(each.duration) },
      { name: "When", class: "r", cell: (each) => h("span", { title: when(each.at) }, ago(each.at)) },
      { name: "", class: "grow p3", cell: (each) => (each.error ? h("span", { class: "is-bad", title: each.error }, cut(each.error, 120)) : "") },
      { name: "", class: "r acts", cell: () => (may ? button("again", "Redeliver", "is-small") : "") },
    ],
  });
  const test = may ? h("button", { type: "button", class: "button", onclick: () => act(() => api.post(path`/webhooks/${id}/test`), "A test is on its way") }, "Send a test") : null;
  view.root.append(view.heading("Webhook", h("span", { class: "spring" }), test), h("p", { class: "id" }, h("code", {}, id)), facts,
    h("section", { class: "card", "aria-label": "Deliveries" }, h("div", { class: "head" }, h("h2", {}, "Deliveries"), h("span", { class: "note" }, "one line an attempt")), list.element, pager));
  const feed = follow(async (signal) => {
    const before = query.get("before");
    const [hook, page] = await Promise.all([api.get(path`/webhooks/${id}`, { signal }), api.list(path`/webhooks/${id}/deliveries` + (before ? `?before=${encodeURIComponent(before)}` : ""), { signal })]);
    return { hook, page };
  }, ({ hook, page }) => {
    const fact = (title, value) => (value ? h("div", {}, h("dt", {}, title), h("dd", {}, value)) : null);
    patch(facts, h("div", { class: "head" }, h("h2", {}, "Webhook")), h("dl", { class: "facts" }, fact("State", stateCell(hook)), fact("Address", h("code", {}, hook.url)), fact("Told of", told(hook)), fact("Note", hook.note),
      fact("Failing since", hook.failing_since && when(hook.failing_since)), fact("Off because", hook.disabled_reason), fact("Made", when(hook.created_at))));
    list.update(page.items);
    patch(pager, query.get("before") ? h("a", { class: "button", href: address(`webhooks/${id}`) }, "Newest") : null, page.links.next ? h("a", { class: "button", href: address(`webhooks/${id}`, { before: page.links.next.get("before") }) }, "Older") : null);
    pager.hidden = !pager.childNodes.length;
  }, (error) => patch(facts, h("p", { class: "empty" }, error.message)));
  async function again(each) {
    await act(() => api.post(path`/webhooks/${id}/deliveries/${each.delivery}/redeliver`), "It is sent again");
    feed.now();
  }
  return {
    update: (snapshot) => feed.tick(snapshot, true),
    onQuery(next) {
      query = next;
      feed.anew();
    },
    end: () => feed.end(),
  };
}
