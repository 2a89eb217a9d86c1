import Testing

@testable import RoostNode

@Suite("stopping, as a machine")
struct DrainMachineTests {
    let start = ContinuousClock.now
    private func machine() -> DrainMachine { DrainMachine(drain: .seconds(25), handBack: .seconds(5)) }

    @Test("a running node waits for nothing, busy or idle")
    func running() {
        var machine = machine()
        #expect(machine.next(now: start, unsettled: 3, isClaiming: true) == .wait(until: nil))
        #expect(machine.next(now: start, unsettled: 0, isClaiming: false) == .wait(until: nil))
    }

    @Test("draining ends when the last outcome is settled and no claim is under way")
    func drains() {
        var machine = machine()
        machine.drain(now: start)
        let until = start + .seconds(25)
        #expect(machine.next(now: start, unsettled: 1, isClaiming: false) == .wait(until: until))
        #expect(machine.next(now: start, unsettled: 0, isClaiming: true) == .wait(until: until))
        #expect(machine.next(now: start, unsettled: 0, isClaiming: false) == .stop(abandoned: 0))
        #expect(machine.phase == .stopped)
    }

    @Test("what still runs when the drain is over is handed back once, and the store gets its time")
    func handsBack() {
        var machine = machine()
        machine.drain(now: start)
        let late = start + .seconds(25)
        #expect(machine.next(now: late, unsettled: 2, isClaiming: false) == .handBack)
        #expect(machine.next(now: late, unsettled: 2, isClaiming: false) == .wait(until: late + .seconds(5)))
        #expect(machine.next(now: late + .seconds(5), unsettled: 2, isClaiming: false) == .stop(abandoned: 2))
    }

    @Test("a second request to drain does not lengthen the first")
    func drainTwice() {
        var machine = machine()
        machine.drain(now: start)
        machine.drain(now: start + .seconds(20))
        #expect(machine.phase == .draining(until: start + .seconds(25)))
    }

    @Test("a request to hand back now cuts the drain short, and works without one")
    func handBackNow() {
        for drains in [true, false] {
            var machine = machine()
            if drains { machine.drain(now: start) }
            machine.handBackNow(now: start)
            machine.handBackNow(now: start)
            #expect(machine.next(now: start, unsettled: 1, isClaiming: false) == .handBack)
            #expect(machine.next(now: start, unsettled: 0, isClaiming: false) == .stop(abandoned: 0))
        }
    }
}
