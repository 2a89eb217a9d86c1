import FoundationEssentials
import RoostJobs
import Testing

@testable import RoostSysmon

@Suite("the renderers")
struct RendererTests {
    private var plainOptions: TerminalOptions {
        var options = TerminalOptions()
        options.colour = false
        return options
    }

    @Test("a plain block is a summary, a line for each member and what happened")
    func plain() {
        var renderer = PlainRenderer(options: plainOptions)
        let block = renderer.render(snapshot([worker(7), worker(9, .lost), worker(8, .left)]))
        #expect(
            block == """
                [14:02:11] nodes=2 up=1 lost=1 queued=1204 running=0 scheduled=0 failed=0 done/s=398 store=ok registry=ok
                  worker@10.0.0.7:4370 up slots=15/16 done=131 failed=0 heartbeat=0.2s uptime=2h version=1.2.0
                  worker@10.0.0.9:4370 LOST slots=15/16 done=131 failed=0 heartbeat=0.2s uptime=2h version=1.2.0

                """)
    }

    @Test("a plain block comes with each change and with each interval, and not between")
    func plainRhythm() {
        var machine = SnapshotMachine(configuration: SnapshotConfiguration())
        var renderer = PlainRenderer(options: plainOptions)
        let start = ContinuousClock.now
        func tick(_ second: Double, _ members: [MemberView]) -> String {
            renderer.render(
                machine.onTick(.answered(counts(), health()), .init(members: members), now: moment(second, from: start))
            )
        }
        #expect(!tick(0, [worker(1)]).isEmpty)
        #expect(tick(1, [worker(1)]).isEmpty)
        #expect(tick(2, [worker(1), worker(2)]).hasSuffix("\n+ worker@10.0.0.2:4370 joined\n"))
        #expect(tick(3, [worker(1), worker(2)]).isEmpty)
        #expect(
            tick(4, [worker(1), worker(2, .lost)]).hasSuffix("\n- worker@10.0.0.2:4370 lost (no heartbeat for 0.2s)\n"))
        #expect(tick(8, [worker(1), worker(2, .lost)]).isEmpty)
        #expect(tick(9, [worker(1), worker(2, .lost)]).hasPrefix("[14:02:20] nodes=2 up=1 lost=1 "))
    }

    @Test("a store that went away is told at once, with the time since which the numbers are old")
    func plainAway() {
        var renderer = PlainRenderer(options: plainOptions)
        let block = renderer.render(snapshot(away: true))
        #expect(block.contains("store=away stale-since=14:02:10 registry=ok\n"))
        #expect(block.hasSuffix("\n! store lost (unavailable: connection refused)\n"))
    }

    @Test("the table shows everything at 100 columns")
    func table() {
        let text = TableRenderer(options: plainOptions).render(snapshot(), size: TerminalSize(columns: 100, rows: 24))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 24)
        #expect(
            lines[0]
                == " roost · roost · redis://redis:6379 7.0.15 ● 0.4 ms appendfsync always           14:02:11Z every 1s"
        )
        #expect(lines[1] == " nodes 1 up · 1 draining · 1 LOST   slots 30/32")
        #expect(lines[2].hasPrefix(" queued 1,204  running 0  scheduled 0  done 1,990  failed 0"))
        #expect(
            lines[6]
                == " NODE                  STATE       SLOTS           DONE  FAILED  HEARTBEAT  RESTARTS  UP  VERSION")
        #expect(lines[7].hasPrefix(" worker@10.0.0.9:4370  ✕ LOST      –"))
        #expect(lines[8].hasPrefix(" worker@10.0.0.8:4370  ◐ draining  ███████▌ 15/16"))
        #expect(text.contains("\n Queues\n QUEUE    QUEUED"))
        #expect(lines[23].isEmpty)
    }

    @Test(
        "a table is as high as the screen and never wider", arguments: [20, 33, 47, 60, 80, 120, 300],
        [5, 8, 12, 24, 50])
    func sizes(columns: Int, rows: Int) {
        for away in [false, true] {
            let members = (0..<20).map { worker($0, $0 % 5 == 0 ? .lost : .up) }
            let text = TableRenderer(options: plainOptions).render(
                snapshot(members, away: away), size: TerminalSize(columns: columns, rows: rows))
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            #expect(lines.count == rows)
            #expect(lines.allSatisfy { TerminalText.width($0) <= columns })
        }
    }

    @Test("when the store is away a banner says since when, and its numbers are dim")
    func tableAway() {
        let text = TableRenderer().render(snapshot(away: true), size: TerminalSize(columns: 100, rows: 30))
        #expect(
            text.contains(
                "\u{1b}[1;7;33m ! stale since 14:02:10: store away, retrying: unavailable: connection refused ")
        )
        #expect(text.contains("\u{1b}[2m1,204 \u{1b}[0m"))
        #expect(text.contains("x\u{1b}[0m"))
    }

    @Test("without colour there is no escape sequence, and in ASCII mode nothing but ASCII")
    func modes() {
        #expect(
            !TableRenderer(options: plainOptions).render(snapshot(), size: .init(columns: 100, rows: 30)).contains(
                "\u{1b}"))
        var options = plainOptions
        options.ascii = true
        let text = TableRenderer(options: options).render(snapshot(away: true), size: .init(columns: 60, rows: 30))
        #expect(text.utf8.allSatisfy { $0 < 0x7F })
        #expect(text.contains("x LOST"))
    }

    @Test(
        "hostile names reach no terminal as they are",
        arguments: [
            "\u{1b}[31m\u{1b}[2J", "<script>alert(1)</script>", String(repeating: "x", count: 10_000),
            "a\nb\u{9b}c\u{202e}d", "",
        ])
    func hostile(name: String) throws {
        var member = worker(1)
        (member.name, member.version, member.role) = (name, name, name)
        member.duties = [.init(name: name, state: name, restarts: 1)]
        var machine = SnapshotMachine(configuration: SnapshotConfiguration())
        let start = ContinuousClock.now
        var store = health([name])
        store.description = name
        let counts = StoreCounts(queues: [name: [.queued: 1]])
        _ = machine.onTick(.answered(counts, store), .init(), now: moment(0, from: start))
        let snapshot = machine.onTick(.away(name, store), .init(members: [member]), now: moment(1, from: start))

        let table = TableRenderer(options: plainOptions).render(snapshot, size: .init(columns: 90, rows: 30))
        var plain = PlainRenderer(options: plainOptions)
        let json = JSONRenderer().render(snapshot)
        for text in [table, plain.render(snapshot), json] {
            #expect(
                text.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)) }
            )
        }
        #expect(table.split(separator: "\n", omittingEmptySubsequences: false).count == 30)
        #expect(json.count { $0 == "\n" } == 1)
        let read = try JSONDecoder().decode(Snapshot.self, from: Data(json.utf8))
        #expect(read == snapshot)
    }

    @Test("NDJSON is one object a line with the names people will use")
    func json() throws {
        let line = JSONRenderer().render(snapshot(away: true))
        let read = try JSONDecoder().decode(Snapshot.self, from: Data(line.utf8))
        #expect(read == snapshot(away: true))
        for key in [
            "stale_since", "heartbeat_age", "durability", "\"in\":", "\"kind\":\"store.lost\"", "\"name\":\"default\"",
        ] {
            #expect(line.contains(key), "\(key)")
        }
        #expect(!line.contains("counts"))
    }

    @Test("rows go round until everybody has what they want")
    func budget() {
        #expect(RowBudget.share(40, wants: [10, 2, 5], overhead: [3, 3, 2]) == [10, 2, 5])
        #expect(RowBudget.share(18, wants: [10, 10, 10], overhead: [3, 3, 2]) == [4, 3, 3])
        #expect(RowBudget.share(5, wants: [10, 10, 10], overhead: [3, 3, 2]) == [2, 0, 0])
        #expect(RowBudget.share(0, wants: [10], overhead: [3]) == [0])
        #expect(RowBudget.share(-4, wants: [10, 0], overhead: [3, 3]) == [0, 0])
    }

    @Test("the environment decides about colours and characters")
    func environment() {
        let utf8 = ["TERM": "xterm-256color", "LANG": "en_US.UTF-8"]
        #expect(TerminalOptions(environment: utf8, isTerminal: true).colour)
        #expect(!TerminalOptions(environment: utf8, isTerminal: false).colour)
        #expect(!TerminalOptions(environment: utf8.merging(["NO_COLOR": "1"]) { $1 }, isTerminal: true).colour)
        #expect(TerminalOptions(environment: utf8.merging(["NO_COLOR": ""]) { $1 }, isTerminal: true).colour)
        #expect(TerminalOptions(environment: ["TERM": "dumb"], isTerminal: true).format == .plain)
        #expect(TerminalOptions(environment: ["TERM": "vt100", "LC_ALL": "C"], isTerminal: true).ascii)
        #expect(!TerminalOptions(environment: utf8, isTerminal: true).ascii)
        #expect(TerminalOptions().resolved(isTerminal: true) == .table)
        #expect(TerminalOptions().resolved(isTerminal: false) == .plain)
    }
}
