import RoostJobs
import Testing

@testable import RoostSysmon

@Suite("acting from the screen")
struct ScreenActionTests {
    private func jobs(_ jobs: [JobRecord], mayAct: Bool = true) -> ScreenMachine {
        var machine = screen(mayAct: mayAct)
        machine.type("3")
        machine.answer(page(jobs))
        return machine
    }

    @Test("without --rw uppercase keys only say so", arguments: ["P", "C", "R", "D"])
    func readOnly(key: String) {
        var machine = jobs(someJobs, mayAct: false)
        #expect(machine.type(key) == [.draw])
        #expect(machine.view.question == nil)
        #expect(machine.text.contains("read-only: start with --rw to"))
        #expect(machine.type("y").allSatisfy { $0 == .draw })
    }

    @Test("an action is asked about, done after y, and its outcome is told")
    func cancel() {
        var machine = jobs([job(3, "sleep", .running)])
        #expect(machine.type("C") == [.draw])
        #expect(machine.text.contains("Cancel job \(jobID(3)) (sleep, running)? y/n"))
        #expect(machine.type("y") == [.draw, .act(.cancel(jobID(3)))])
        #expect(machine.view.question == nil)
        let directives = machine.onActed(.cancel(jobID(3)), "worker w was told", isGood: true)
        // The list is fetched again at once.
        #expect(directives.contains { if case .ask(.jobs) = $0 { true } else { false } })
        #expect(machine.text.contains("worker w was told"))
        machine.tick(7)
        #expect(!machine.text.contains("worker w was told"))
    }

    @Test("anything but y leaves it be", arguments: [.character("n"), .escape, .enter, .character("C"), .tab] as [Key])
    func refused(key: Key) {
        var machine = jobs([job(3, "sleep", .running)])
        machine.type("C")
        #expect(machine.onKey(key) == [.draw])
        #expect(machine.view.question == nil && machine.view.tab == .jobs && machine.text.contains("not done"))
    }

    @Test("only what can be done is asked about")
    func possible() {
        for (key, state) in [("C", JobState.done), ("R", .running), ("R", .queued), ("D", .running)] {
            var machine = jobs([job(1, "x", state)])
            machine.type(key)
            #expect(machine.view.question == nil && machine.view.message?.kind == .bad, "\(key) \(state)")
        }
        for (key, state, action) in [
            ("R", JobState.failed, ScreenAction.replay(jobID(1))), ("R", .cancelled, .replay(jobID(1))),
            ("D", .done, .delete(jobID(1))), ("C", .scheduled, .cancel(jobID(1))),
        ] {
            var machine = jobs([job(1, "x", state)])
            machine.type(key)
            #expect(machine.view.question?.action == action, "\(key) \(state)")
        }
        var nothing = jobs([])
        nothing.type("C")
        #expect(nothing.view.question == nil)
        var elsewhere = screen(mayAct: true)
        elsewhere.type("P")
        #expect(elsewhere.view.question == nil && elsewhere.text.contains("mark a queue on Queues"))
    }

    @Test("a queue is paused and resumed")
    func pause() {
        var machine = screen(mayAct: true)
        machine.type("2P")
        #expect(machine.view.question == nil && machine.text.contains("not known yet"))
        machine.answer(.queues(someQueues))
        machine.type("P")
        #expect(machine.text.contains("Pause queue default (1,204 queued; what runs goes on)? y/n"))
        #expect(machine.type("y").contains(.act(.pause(queue: "default", true))))
        machine.type("jP")
        #expect(machine.text.contains("Resume queue media (0 queued)? y/n"))
        #expect(machine.type("Y").contains(.act(.pause(queue: "media", false))))
    }

    @Test("an open job can be acted on, and one that was deleted is closed")
    func open() {
        var machine = jobs([job(1, "fail", .failed)])
        _ = machine.onKey(.enter)
        machine.type("D")
        #expect(machine.view.question == nil)
        machine.answer(.job(JobDetail(job: job(1, "fail", .failed))))
        machine.type("Dy")
        _ = machine.onActed(.delete(jobID(1)), "job is deleted", isGood: true)
        #expect(machine.view.place == nil)
    }

    @Test("an action that failed is told and changes nothing")
    func failed() {
        var machine = jobs([job(1, "fail", .failed)])
        _ = machine.onKey(.enter)
        _ = machine.onActed(.delete(jobID(1)), "not done: unavailable", isGood: false)
        #expect(machine.view.place == .job(jobID(1)) && machine.view.message?.kind == .bad)
    }
}
