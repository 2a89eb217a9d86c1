import RoostJobs
import Testing

@testable import RoostCluster
@testable import RoostSysmon

@Suite("what the screen says of nodes, times and columns")
struct ScreenFactsTests {
    private func fate(link: NodeLink?, silent: Double, busy: Int = 6) -> (short: String?, long: String?) {
        var member = worker(9, .lost)
        (member.link, member.busy, member.heartbeatAge) = (link, busy, .milliseconds(Int64(silent * 1000)))
        let machine = screen([member])
        let renderer = ScreenRenderer(options: .init())
        guard let node = machine.view.nodeRows.first else { return (nil, nil) }
        return (
            renderer.fate(node, machine.view, isShort: true), renderer.fate(node, machine.view, isShort: false)
        )
    }

    @Test("a lost node tells what becomes of its jobs")
    func lost() {
        #expect(fate(link: nil, silent: 6).short == "6 jobs: leases end < 9.0s")
        #expect(fate(link: .down, silent: 6).long?.contains("within 9.0s") ?? false)
        #expect(fate(link: nil, silent: 60, busy: 1).short == "1 job: leases over")
        #expect(fate(link: .dead, silent: 1).short == "6 jobs: taken back")
        #expect(fate(link: .dead, silent: 1).long?.hasSuffix("were taken back at once.") ?? false)
        #expect(fate(link: nil, silent: 6, busy: 0).short == nil)
    }

    @Test("the mesh's view of a link becomes a word")
    func links() {
        let now = ContinuousClock.now
        let links: [(MemberLink, NodeLink?)] = [
            (.unknown, nil), (.connected, .connected), (.unreached(since: now), .unreached),
            (.suspect(since: now), .suspect), (.indirect(since: now), .indirect), (.down(since: now, .refused), .dead),
            (.down(since: now, .silence), .down), (.down(since: now, .replaced), .down),
        ]
        for (link, word) in links { #expect(NodeLink(link) == word) }
    }

    @Test("a node's pace follows its sums; the same moment, and a sum that fell, do no harm")
    func pace() {
        var pace = JobPace()
        let start = ContinuousClock.now
        #expect(pace.rate == nil)
        pace.take(0, at: start)
        pace.take(5, at: start)
        #expect(pace.rate == nil)
        for second in 1...40 { pace.take(second * 10, at: start + .seconds(second)) }
        #expect(abs((pace.rate ?? 0) - 10) < 0.1)
        pace.take(0, at: start + .seconds(41))
        #expect(pace.rate ?? 0 < 10)
        pace.take(.max, at: start + .seconds(42))
        pace.take(.min, at: start + .seconds(43))
    }

    @Test("percentiles of a sample are times of jobs in it")
    func percentiles() throws {
        #expect(SampleTimes.Percentiles([]) == nil)
        let one = try #require(SampleTimes.Percentiles([3]))
        #expect(one.p50 == 3 && one.p99 == 3)
        let many = try #require(SampleTimes.Percentiles((1...100).map(Double.init).shuffled()))
        #expect(many.p50 == 50 && many.p99 == 99)
        var retried = job(1, "x", .done)
        retried.attempt = 2
        // A second attempt waited for its backoff: that is no wait for a worker.
        let times = SampleTimes([job(2, "x", .done), retried])
        #expect(times.count == 2 && times.wait?.p99 == 0.25 && times.run?.p50 == 1.25)
        #expect(SampleTimes([job(3)]).wait == nil)
    }

    @Test(
        "times and sizes are short",
        arguments: [
            (0, "0ms"), (0.0041, "4ms"), (0.9994, "999ms"), (0.9996, "999ms"), (1, "1.0s"), (84, "84s"), (-1, "-"),
        ]
            as [(Double, String)])
    func latency(seconds: Double, text: String) {
        #expect(seconds.latency == text)
        #expect(Double.nan.latency == "-" && Double.infinity.latency == "-")
        #expect(
            [0, 999, 1500, 84_000_000, Int.max, -4].map(\.bytes) == [
                "0 B", "999 B", "1.5 kB", "84 MB", "9,223,372 TB", "-4 B",
            ])
    }

    @Test("a text is wrapped without losing a character")
    func wrapping() {
        #expect(TerminalText.wrap("abcdef", columns: 4) == ["abcd", "ef"])
        #expect(TerminalText.wrap("漢字漢", columns: 5) == ["漢字", "漢"])
        #expect(TerminalText.wrap("", columns: 5) == [""])
        #expect(TerminalText.wrap("abcd", columns: 4) == ["abcd"])
        #expect(TerminalText.wrap("a\u{1b}b", columns: 80) == ["a\\x1bb"])
        let long = String(repeating: "x", count: 5000)
        #expect(TerminalText.wrap(long, columns: 77).joined() == long)
    }

    @Test("the rows around the marked one are shown, and columns do not move while one scrolls")
    func window() {
        var table = TextTable(columns: [.init(title: "NAME"), .init(title: "N", right: true)], ascii: false)
        table.rows = (0..<100).map {
            [.init(text: $0 == 99 ? "the longest name of all" : "row \($0)"), .init(text: "\($0)")]
        }
        func shown(_ marked: Int) -> [String] {
            table.window(width: 60, height: 6, marked: marked).map { $0.rendered(columns: 60, colour: false) }
        }
        #expect(shown(0).map { $0.prefix(7) } == ["  NAME ", "> row 0", "  row 1", "  row 2", "  row 3", "  row 4"])
        #expect(shown(50)[3].hasPrefix("> row 50") && shown(50).count == 6)
        #expect(shown(99)[5].hasPrefix("> the longest name of all"))
        #expect(Set([0, 50, 99].map { shown($0)[0] }).count == 1)
        #expect(
            TextTable.top(count: 3, height: 10, marked: 2) == 0 && TextTable.top(count: 0, height: 5, marked: nil) == 0)
    }

    @Test("a column that may be cut is cut before one is left out, and widened by what is free")
    func flexible() {
        var table = TextTable(
            columns: [
                .init(title: "A"), .init(title: "NOTE", priority: 1, minimum: 5), .init(title: "B", priority: 2),
            ],
            ascii: true)
        table.rows = [[.init(text: "aaaa"), .init(text: "a long note"), .init(text: "bbbb")]]
        func row(_ width: Int) -> String {
            table.lines(width: width, from: 0, count: 1)[1].rendered(columns: width, colour: false)
        }
        #expect(row(40).contains("a long note") && row(40).contains("bbbb"))
        #expect(row(18) == "aaaa  a lon~  bbbb")
        #expect(row(17) == "aaaa  a lo~  bbbb")
        #expect(!row(12).contains("bbbb"))
    }
}
