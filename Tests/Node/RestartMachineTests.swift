import Testing

@testable import RoostSupervision

@Suite("restarts of a duty")
struct RestartMachineTests {
    let start = ContinuousClock.now
    let configuration = SupervisorConfiguration(jitter: 0)

    @Test("waits double from 0.1 s and stop growing at 5 s")
    func waitsDouble() {
        var machine = RestartMachine(SupervisorConfiguration(jitter: 0, maximumRestarts: 100), now: start)
        let delays = (0..<8).map { _ in machine.failed(at: start, chance: 0.5) }
        let expected: [Duration] = [
            .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), .milliseconds(1600),
            .milliseconds(3200), .seconds(5), .seconds(5),
        ]
        #expect(delays == expected.map { .restart(after: $0) })
    }

    @Test("a run of 30 s ends a series of failures")
    func steadyRun() {
        var machine = RestartMachine(configuration, now: start)
        for _ in 0..<5 { _ = machine.failed(at: start, chance: 0.5) }
        machine.started(at: start + .seconds(1))
        #expect(machine.failed(at: start + .seconds(31), chance: 0.5) == .restart(after: .milliseconds(100)))
    }

    @Test("ten restarts within a minute are borne, the eleventh failure gives up")
    func givesUp() {
        var machine = RestartMachine(configuration, now: start)
        for second in 0..<10 {
            #expect(machine.failed(at: start + .seconds(second), chance: 0.5) != .giveUp)
        }
        #expect(machine.failed(at: start + .seconds(10), chance: 0.5) == .giveUp)
    }

    @Test("restarts that are spread over more than the window are borne for ever")
    func spreadFailures() {
        var machine = RestartMachine(configuration, now: start)
        for index in 0..<1000 {
            #expect(machine.failed(at: start + .seconds(index * 7), chance: 0.5) != .giveUp)
        }
    }

    @Test("the wait is spread by the jitter, whatever the chance")
    func jitter() {
        var machine = RestartMachine(SupervisorConfiguration(jitter: 0.2, maximumRestarts: 100), now: start)
        #expect(machine.failed(at: start, chance: 0) == .restart(after: .milliseconds(80)))
        machine.started(at: start)
        #expect(machine.failed(at: start + .seconds(30), chance: 7) == .restart(after: .milliseconds(120)))
    }
}
