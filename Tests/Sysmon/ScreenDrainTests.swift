import RoostJobs
import Testing

@testable import RoostSysmon

@Suite("nodes and periodic jobs, acted on from the screen")
struct ScreenDrainTests {
    private let up = worker(7).name

    @Test("a node is drained and claims again, each after a question")
    func drain() {
        var machine = screen(mayAct: true, [worker(7)])
        #expect(machine.type("D") == [.draw])
        #expect(machine.text.contains("Drain \(up) ("))
        #expect(machine.type("y").contains(.act(.drain(node: up, true))))
        _ = machine.onActed(.drain(node: up, true), "\(up) claims no more jobs", isGood: true)
        #expect(machine.text.contains("claims no more jobs"))

        var back = screen(mayAct: true, [worker(7, .draining)])
        back.type("D")
        #expect(back.text.contains("Have \(up) claim jobs again? y/n"))
        #expect(back.type("y").contains(.act(.drain(node: up, false))))
    }

    @Test("an open node can be drained, from Nodes and from Events")
    func open() {
        var machine = screen(mayAct: true, [worker(7)])
        _ = machine.onKey(.enter)
        #expect(machine.text.contains("D drain"))
        machine.type("D")
        #expect(machine.view.question?.action == .drain(node: up, true))
    }

    @Test("only a member that is here and runs jobs can be drained")
    func possible() {
        var visitor = worker(7)
        visitor.slots = 0
        for member in [worker(7, .lost), worker(7, .left), visitor] {
            var machine = screen(mayAct: true, [member])
            machine.type("D")
            #expect(machine.view.question == nil && machine.view.message?.kind == .bad)
        }
        var nobody = screen(mayAct: true, [])
        nobody.type("D")
        #expect(nobody.view.question == nil && nobody.text.contains("mark a node on Nodes"))
        var reader = screen([worker(7)])
        reader.type("D")
        #expect(reader.text.contains("read-only: start with --rw to drain a node"))
    }

    @Test("a periodic job is paused, resumed and run now")
    func crons() {
        var machine = screen(mayAct: true)
        machine.type("5R")
        #expect(machine.view.question == nil && machine.text.contains("mark a periodic job on Cron"))
        machine.answer(.crons(someCrons))
        #expect(machine.view.cronRows.map(\.entry.name) == ["minutely", "nightly"])
        machine.type("P")
        #expect(machine.text.contains("Resume minutely from its next slot on? y/n"))
        #expect(machine.type("y").contains(.act(.pauseCron("minutely", false))))
        machine.type("jP")
        #expect(machine.text.contains("Pause nightly (slots that pass are dropped)? y/n"))
        #expect(machine.type("y").contains(.act(.pauseCron("nightly", true))))
        machine.type("R")
        #expect(machine.text.contains("Run nightly (report) now? y/n"))
        #expect(machine.type("y").contains(.act(.runCron("nightly"))))
        // What has no meaning there asks nothing.
        for key in ["C", "D"] {
            machine.type(key)
            #expect(machine.view.question == nil)
        }
    }
}
