import RoostJobs
import Testing

@testable import RoostSysmon

@Suite("hostile text on the screen")
struct ScreenHostileTests {
    private static let texts = [
        "\u{1b}[31m\u{1b}[2J\u{1b}[H", "a\r\nb\tc\u{0}d\u{7f}", "\u{9b}2J\u{85}", "\u{202e}evil\u{2066}x\u{200f}",
        "שלום مرحبا", "漢字かな交じり文🚀🇩🇪👩‍👩‍👧", "e\u{301}\u{302}\u{303}", String(repeating: "漢", count: 10_000),
        String(repeating: "x", count: 10_000), String(repeating: "\u{301}", count: 3000), "\u{FEFF}\u{E000}\u{FFFF}",
        "",
        "<script>alert(1)</script>", "⚡✅☃\u{FE0F}",
    ]

    /// Whatever can be foreign, everywhere.
    private func machine(_ text: String, _ columns: Int, _ rows: Int, _ tab: ScreenTab, open: Bool) -> ScreenMachine {
        var member = worker(1, .lost)
        (member.name, member.version, member.role) = (text, text, text)
        member.duties = [.init(name: text, state: text, restarts: 1)]
        var store = health([text])
        store.description = text
        var snapshots = SnapshotMachine(configuration: .init())
        var machine = ScreenMachine(
            view: .init(size: .init(columns: columns, rows: rows), mayAct: true), hasSource: true)
        let start = ContinuousClock.now
        let counts = StoreCounts(queues: [text: [.queued: 1]])
        let view = ClusterView(members: [member])
        _ = machine.onSnapshot(snapshots.onTick(.answered(counts, store), .init(), now: moment(0, from: start)))
        _ = machine.onSnapshot(snapshots.onTick(.away(text, store), view, now: moment(1, from: start)))
        machine.type("\(tab.number)")
        var record = job(1, text, .failed, queue: text, payload: text)
        (record.error, record.worker, record.result) = (text, text, Array(text.utf8))
        (record.tenant, record.tags, record.uniqueKey, record.trace) = (text, [text], text, text)
        let cron = CronEntry(name: text, schedule: text, timeZone: text, job: NewJob(type: text, payload: []))
        let wanted = machine.wanted
        switch wanted {
        case .jobs, .find, .sample: machine.answer(page([record]))
        case .queues: machine.answer(.queues([.init(name: text, settings: .init(), counts: [:], oldest: nil)]))
        case .crons: machine.answer(.crons([.init(entry: cron, next: ago(-5), last: nil)]))
        case .job, nil: break
        }
        guard open else {
            if let wanted = machine.wanted { _ = machine.onFailure(text, of: wanted) }
            _ = machine.onActed(.cancel(jobID(1)), text, isGood: false)
            return machine
        }
        _ = machine.onKey(.enter)
        let notes = JobNotes(
            progress: Array(text.utf8), log: [.init(at: ago(1), attempt: 1, text: text)],
            failures: [.init(attempt: 1, startedAt: ago(3), endedAt: ago(2), worker: text, error: text)],
            cancelReason: text)
        let reasons: [WaitReason] = [.noWorker(type: text, queue: text), .running(worker: text, leaseUntil: ago(0))]
        if case .job = machine.wanted {
            machine.answer(.job(JobDetail(job: record, notes: notes, reasons: reasons, parents: [record])))
        }
        return machine
    }

    @Test("no text breaks out of its line, whatever it holds and whatever shows it", arguments: texts.indices)
    func frames(index: Int) {
        let text = Self.texts[index]
        for (columns, rows) in [(80, 24), (20, 5), (200, 60)] {
            for tab in ScreenTab.allCases {
                for open in [false, true] {
                    let machine = machine(text, columns, rows, tab, open: open)
                    for ascii in [false, true] {
                        let lines = machine.shown {
                            $0.colour = false
                            $0.ascii = ascii
                        }
                        #expect(lines.count == rows)
                        #expect(lines.allSatisfy { TerminalText.width($0) <= columns }, "\(tab) \(columns)")
                        #expect(lines.allSatisfy(isHarmless), "\(tab) \(columns)")
                    }
                    let coloured = machine.shown { $0.colour = true }
                    #expect(coloured.allSatisfy { !$0.contains("\u{1b}[2J") && !$0.contains("\u{1b}[H") })
                }
            }
        }
    }

    @Test("what is typed is shown as harmlessly")
    func typed() {
        var machine = screen(columns: 40, rows: 12)
        machine.type("/")
        for scalar in "\u{202e}\u{9b}漢\u{1b}".unicodeScalars { _ = machine.onKey(.character(Character(scalar))) }
        #expect(machine.shown().allSatisfy(isHarmless))
        machine.type(String(repeating: "y", count: 500))
        #expect(machine.view.draft?.count == ScreenMachine.longestFilter)
        #expect(machine.shown().allSatisfy { TerminalText.width($0) <= 40 })
        _ = machine.onKey(.enter)
        #expect(machine.shown().allSatisfy { TerminalText.width($0) <= 40 })
    }

    private func isHarmless(_ line: String) -> Bool {
        line.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
            default: true
            }
        }
    }
}
