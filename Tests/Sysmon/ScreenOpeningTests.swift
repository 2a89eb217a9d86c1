import RoostJobs
import Testing

@testable import RoostSysmon

@Suite("what is opened on the screen")
struct ScreenOpeningTests {
    @Test("enter opens nodes, jobs, and the jobs of queues and crons; q and escape go back, then q quits")
    func drilling() {
        var machine = screen()
        _ = machine.onKey(.enter)
        #expect(machine.view.place == .node("worker@10.0.0.9:4370") && machine.wanted == nil)
        #expect(machine.type("q") == [.draw] && machine.view.place == nil)
        machine.type("2")
        machine.answer(.queues(someQueues))
        machine.type("j")
        _ = machine.onKey(.enter)
        #expect(machine.view.tab == .jobs && machine.view.filter == "queue:media")
        machine.answer(page(someJobs))
        _ = machine.onKey(.enter)
        #expect(machine.view.place == .job(jobID(5)) && machine.wanted == .job(jobID(5)))
        machine.type("?")
        #expect(machine.view.place == .help && machine.wanted == .job(jobID(5)))
        machine.type("?")
        #expect(machine.view.place == .job(jobID(5)))
        _ = machine.onKey(.escape)
        #expect(machine.view.place == nil && machine.view.tab == .jobs)
        machine.type("5")
        machine.answer(page([]))
        machine.answer(.crons(someCrons))
        _ = machine.onKey(.enter)
        #expect(machine.view.filter == "type:poll")
        #expect(machine.type("q") == [.quit])
        #expect(machine.onKey(.control("c")) == [.quit])
        #expect(machine.onKey(.control("l")) == [.redraw])
    }

    @Test("a job that is gone says so and keeps what was known")
    func gone() {
        var machine = screen()
        machine.type("3")
        machine.answer(page(someJobs))
        _ = machine.onKey(.enter)
        machine.answer(.job(JobDetail(job: someJobs[0])))
        machine.tick()
        machine.answer(.job(nil))
        #expect(machine.view.job.value?.job.id == jobID(5))
        #expect(machine.text.contains("stale since 14:02:12: there is no such job any more"))
    }

    @Test("a text scrolls as far as it goes")
    func scrolling() {
        var machine = screen(rows: 12)
        machine.type("?")
        machine.type("G")
        machine.onDrawnNow()
        let bottom = machine.view.scroll
        #expect(bottom > 5 && bottom < 40)
        machine.type("j")
        machine.onDrawnNow()
        #expect(machine.view.scroll == bottom)
        machine.type("k")
        #expect(machine.view.scroll == bottom - 1)
        _ = machine.onKey(.pageUp)
        _ = machine.onKey(.home)
        #expect(machine.view.scroll == 0)
    }

    @Test("no sequence of keys does harm, whatever is on the screen")
    func keys() {
        let keys: [Key] =
            (0x20...0x7E).map { .character(Character(UnicodeScalar(UInt8($0)))) } + [
                .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .enter, .escape, .tab, .backTab, .backspace,
                .control("u"), .control("d"), .control("l"), .character("漢"),
            ]
        var state: UInt64 = 7
        var machine = screen(columns: 60, rows: 18, mayAct: true)
        for step in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            _ = machine.onKey(keys[Int(state >> 33) % keys.count])
            switch step % 9 {
            case 0: machine.tick()
            case 1: answerAny(&machine)
            case 2: if let wanted = machine.wanted { _ = machine.onFailure("away", of: wanted) }
            default: break
            }
            guard step % 50 == 0 else { continue }
            let lines = machine.shown()
            #expect(lines.count == 18 && lines.allSatisfy { TerminalText.width($0) <= 60 })
            machine.onDrawnNow()
        }
    }

    private func answerAny(_ machine: inout ScreenMachine) {
        switch machine.wanted {
        case .jobs, .find, .sample: machine.answer(page(someJobs))
        case .queues: machine.answer(.queues(someQueues))
        case .crons: machine.answer(.crons(someCrons))
        case .job: machine.answer(.job(someDetail))
        case nil: break
        }
    }
}

extension ScreenMachine {
    /// As the shell does after it drew.
    mutating func onDrawnNow() {
        onDrawn(scrollLimit: ScreenRenderer(options: .init()).picture(view).scrollLimit)
    }
}
