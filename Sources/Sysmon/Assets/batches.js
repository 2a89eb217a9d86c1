// Batches: jobs that belong together, and how far they are.

import { h, patch, setText } from "./dom.js";
import { address, path } from "./address.js";
import { count, when } from "./format.js";
import * as api from "./api.js";
import { follow } from "./stream.js";
import { table } from "./table.js";
import { jobColumns, jobHref } from "./jobrows.js";

export function batches(view) {
  const { id } = view.params;
  if (!id) {
    const text = h("input", { type: "search", class: "search", placeholder: "A batch’s id", "aria-label": "A batch’s id", autocomplete: "off", spellcheck: "false", "data-focus": true });
    view.root.append(view.heading("Batches"), h("form", { class: "search-row", onsubmit: (event) => {
      event.preventDefault();
      if (text.value.trim()) view.go(address(`batches/${encodeURIComponent(text.value.trim())}`));
    } }, text, h("button", { type: "submit", class: "button" }, "Open")),
      h("p", { class: "soft lead" }, "A job’s page leads to its batch; POST /batches answers with the id."));
    return {};
  }
  const facts = h("section", { class: "card", "aria-label": "Batch" });
  const list = table({ caption: "Jobs of the batch", columns: jobColumns, key: (job) => job.id, href: jobHref, empty: "No jobs." });
  const pager = h("div", { class: "pager" });
  const title = h("h1", { id: "h-page", tabindex: "-1" }, "Batch");
  view.root.append(h("div", { class: "title" }, title), h("p", { class: "id" }, h("code", {}, id)), facts, h("section", { class: "card", "aria-label": "Jobs" }, list.element, pager));
  let query = view.query;
  const feed = follow(async (signal) => {
    const [batch, page] = await Promise.all([api.get(path`/batches/${id}`, { signal }), api.list(path`/batches/${id}/jobs` + `?page=${encodeURIComponent(query.get("page") ?? "1")}`, { signal })]);
    return { batch, page };
  }, ({ batch, page }) => {
    setText(title, batch.name || "Batch");
    const part = (name, tone) => (batch[name] ? h("span", { class: `part ${tone}` }, h("b", {}, count(batch[name])), ` ${name}`) : null);
    const ended = batch.total - batch.pending;
    const fact = (name, value) => (value ? h("div", {}, h("dt", {}, name), h("dd", {}, value)) : null);
    const link = (job) => job && h("a", { href: address(`jobs/${job}`) }, job);
    patch(facts, h("div", { class: "head" }, h("h2", {}, batch.status), h("span", { class: "note" }, `${count(ended)} of ${count(batch.total)} ended`)),
      h("div", { class: "inner" }, h("progress", { max: String(Math.max(1, batch.total)), value: String(ended), "aria-label": "Ended" }), h("p", { class: "parts" }, part("pending", "soft"), part("done", "is-good"), part("failed", "is-bad"), part("cancelled", "is-faint"))),
      h("dl", { class: "facts" }, fact("Opened", when(batch.opened_at)), fact("Finished", batch.finished_at && when(batch.finished_at)), fact("On completion", link(batch.on_complete)), fact("On success", link(batch.on_success))));
    list.update(page.items);
    const to = (name, parameters) => parameters && h("a", { class: "button", href: address(`batches/${encodeURIComponent(id)}`, { page: parameters.get("page") }) }, name);
    patch(pager, to("Previous", page.links.prev), to("Next", page.links.next));
    pager.hidden = !pager.childNodes.length;
  }, (error) => patch(facts, h("p", { class: "empty" }, error.message)));
  return {
    update: (snapshot) => feed.tick(snapshot),
    onQuery(next) {
      query = next;
      feed.anew();
    },
    end: () => feed.end(),
  };
}
