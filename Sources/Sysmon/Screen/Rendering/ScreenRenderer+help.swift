extension ScreenRenderer {
    func help(_ view: ScreenView) -> [StyledLine] {
        let look: [(String, String)] = [
            ("1-7", "Nodes, Queues, Jobs, Dead, Cron, Events, Store"),
            ("tab, left, right", "the next tab, the one before"),
            ("up, down, j, k", "mark another row; in a text: scroll"), ("home, end, g, G", "the first, the last"),
            ("page up, page down", "a screen further; on Jobs and Dead another page"), ("[ ]", "another page of jobs"),
            ("enter", "open: a job, a node, the jobs of a queue"), ("/", "filter; escape clears it"),
            ("s, r", "sort by something else; the other way round"), ("space", "freeze, and go on"),
            ("+ -", "refresh more often, less often"), ("ctrl-L", "draw anew"),
            ("escape, q", "back; q quits at the end"),
        ]
        let filters: [(String, String)] = [
            ("state:failed", "scheduled, queued, running, done, failed, cancelled"),
            ("type:NAME", "jobs of a type, of the newest 100,000"), ("queue:NAME", "jobs of a queue, likewise"),
            ("an id", "that job"), ("other words", "rows that have them all, of those shown"),
        ]
        let acts: [(String, String)] = [
            ("P", "pause or resume the marked queue or periodic job"), ("C", "cancel the job"),
            ("R", "replay a dead letter; on Cron: run it now"),
            ("D", "delete a job that does not run; on Nodes: drain the node"),
        ]
        func section(_ title: String, _ rows: [(String, String)]) -> [StyledLine] {
            [line(" \(title)", .bold)]
                + rows.map { key, text in
                    var result = line("  \(key)", .accent)
                    result.pad(to: 22)
                    result.add(text)
                    return result
                } + [line("")]
        }
        let mode = view.mayAct ? "Act: asks first, y does it" : "Act: only with --rw; this screen only looks"
        return section("Look", look) + section(mode, acts) + section("Filters of jobs", filters)
            + [line("  Times of waiting and running are a sample: the newest done jobs, every few seconds.", .dim)]
    }
}
