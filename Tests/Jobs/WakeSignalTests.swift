import RoostJobs
import Testing

@Suite("A wake-up signal")
struct WakeSignalTests {
    private let far = Duration.seconds(600)

    @Test("ends a wait at once when it came between looking and waiting")
    func notLost() async {
        let signal = WakeSignal()
        let start = ContinuousClock.now
        for _ in 0..<1000 {
            let generation = signal.generation
            signal.notify()
            await signal.wait(after: generation, upTo: far)
        }
        #expect(ContinuousClock.now - start < .seconds(300))
    }

    @Test("wakes everyone who waits")
    func wakesAll() async {
        let signal = WakeSignal()
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            let generation = signal.generation
            for _ in 0..<50 { group.addTask { await signal.wait(after: generation, upTo: far) } }
            // Whoever does not wait yet finds the generation changed.
            signal.notify()
            await group.waitForAll()
        }
        #expect(ContinuousClock.now - start < .seconds(300))
    }

    @Test("loses nothing between a producer and a consumer that only wait for each other")
    func pingPong() async {
        let (ping, pong) = (WakeSignal(), WakeSignal())
        let (pings, pongs) = (ping.generation, pong.generation)
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for round in 0..<2000 {
                    ping.notify()
                    while pong.generation <= pongs + UInt64(round) {
                        await pong.wait(after: pongs + UInt64(round), upTo: far)
                    }
                }
            }
            group.addTask {
                for round in 0..<2000 {
                    while ping.generation <= pings + UInt64(round) {
                        await ping.wait(after: pings + UInt64(round), upTo: far)
                    }
                    pong.notify()
                }
            }
        }
        #expect(ContinuousClock.now - start < far)
    }

    @Test("counts every notification once, from any number of tasks")
    func counts() async {
        let signal = WakeSignal()
        let before = signal.generation
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<500 { signal.notify() } } }
        }
        #expect(signal.generation == before + 4000)
    }

    @Test("lets a wait end when its limit is over, and not before")
    func timesOut() async {
        let signal = WakeSignal()
        let start = ContinuousClock.now
        await signal.wait(after: signal.generation, upTo: .milliseconds(30))
        #expect(ContinuousClock.now - start >= .milliseconds(30))
    }

    @Test("does not wait for no time or less", arguments: [Duration.zero, .seconds(-1), .seconds(Int64.min)])
    func noWait(limit: Duration) async {
        let signal = WakeSignal()
        await signal.wait(after: signal.generation, upTo: limit)
    }

    @Test("ends a wait whose task is cancelled, before or after it began")
    func cancellation() async {
        let signal = WakeSignal()
        let start = ContinuousClock.now
        for lead in [0, 1, 20] {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { await signal.wait(after: signal.generation, upTo: far) } }
                if lead > 0 { await signal.wait(after: signal.generation, upTo: .milliseconds(lead)) }
                group.cancelAll()
            }
        }
        #expect(ContinuousClock.now - start < .seconds(300))
    }

    @Test("takes the longest limit there is")
    func longest() async {
        let signal = WakeSignal()
        await withTaskGroup(of: Void.self) { group in
            let generation = signal.generation
            group.addTask { await signal.wait(after: generation, upTo: .seconds(Int64.max)) }
            signal.notify()
        }
    }

    @Test("survives waits, notifications and cancellations all at once")
    func storm() async {
        let signal = WakeSignal()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<60 {
                group.addTask {
                    for round in 0..<30 {
                        if (task + round).isMultiple(of: 3) {
                            signal.notify()
                        } else {
                            await signal.wait(after: signal.generation, upTo: .milliseconds(round % 3))
                        }
                    }
                }
            }
            group.addTask { await signal.wait(after: signal.generation, upTo: .milliseconds(5)) }
            await group.next()
            group.cancelAll()
        }
    }
}
