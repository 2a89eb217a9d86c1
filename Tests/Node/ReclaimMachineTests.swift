import Testing

@testable import RoostNode

@Suite("when lost claims are taken back")
struct ReclaimMachineTests {
    let start = ContinuousClock.now
    private func machine() -> ReclaimMachine {
        ReclaimMachine(interval: .seconds(2), lease: .seconds(15), now: start)
    }

    @Test("sweeps in time reclaim")
    func inTime() {
        var machine = machine()
        for second in stride(from: 2, to: 40, by: 2) { #expect(machine.sweep(at: start + .seconds(second)) == true) }
    }

    @Test("after a gap of more than three intervals nothing is reclaimed for a lease")
    func gap() {
        var machine = machine()
        #expect(machine.sweep(at: start + .seconds(2)) == true)
        let back = start + .seconds(9)
        #expect(machine.sweep(at: back) == false)
        for second in stride(from: 2, to: 15, by: 2) { #expect(machine.sweep(at: back + .seconds(second)) == false) }
        #expect(machine.sweep(at: back + .seconds(16)) == true)
    }

    @Test("a gap in which no kept lease can run out is none, however short the interval")
    func hiccup() {
        var machine = ReclaimMachine(interval: .milliseconds(10), lease: .seconds(15), now: start)
        #expect(machine.sweep(at: start + .seconds(3)) == true)
        #expect(machine.sweep(at: start + .milliseconds(6001)) == false)
    }

    @Test("after an outage the lease is counted from the store's first answer")
    func outage() {
        var machine = machine()
        machine.storeFailed()
        for second in stride(from: 2, to: 60, by: 2) { #expect(machine.sweep(at: start + .seconds(second)) == false) }
        let back = start + .seconds(60)
        machine.storeAnswered(at: back)
        for second in stride(from: 0, to: 15, by: 2) { #expect(machine.sweep(at: back + .seconds(second)) == false) }
        #expect(machine.sweep(at: back + .seconds(16)) == true)
    }

    @Test("an answer without an outage starts no grace")
    func noOutage() {
        var machine = machine()
        machine.storeAnswered(at: start)
        #expect(machine.sweep(at: start + .seconds(2)) == true)
    }
}
