import Testing

@testable import RoostAPI

@Suite("how long a process believes what it knows of tokens")
struct TokenFreshnessTests {
    let start = ContinuousClock.now

    func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test("the store is asked first, then ahead of time, and waited for after five seconds")
    func age() {
        var machine = TokenFreshness()
        #expect(machine.step(at(0), asked: at(0), isMissing: true) == .load)
        machine.loaded(at: at(0))
        #expect(machine.step(at(1.9), asked: at(1.9), isMissing: false) == .use)
        #expect(machine.step(at(2), asked: at(2), isMissing: false) == .useAndLoad)
        #expect(machine.step(at(4.9), asked: at(4.9), isMissing: false) == .useAndLoad)
        #expect(machine.step(at(5), asked: at(5), isMissing: false) == .load)
    }

    @Test("an unknown token has the store asked, but not for each")
    func missing() {
        var machine = TokenFreshness()
        machine.loaded(at: at(0))
        #expect(machine.step(at(0.4), asked: at(0.4), isMissing: true) == .use)
        #expect(machine.step(at(0.5), asked: at(0.5), isMissing: true) == .load)
        machine.loaded(at: at(0.5))
        #expect(machine.step(at(0.6), asked: at(0.6), isMissing: true) == .use)
    }

    @Test("while the store is away what is known holds for a minute, and nobody waits")
    func away() {
        var machine = TokenFreshness()
        machine.loaded(at: at(0))
        machine.failed(at: at(5))
        #expect(machine.step(at(5.5), asked: at(5.5), isMissing: false) == .use)
        // An unknown token is unknown: it does not have a store asked that does not answer.
        #expect(machine.step(at(5.5), asked: at(5.5), isMissing: true) == .use)
        #expect(machine.step(at(6), asked: at(6), isMissing: false) == .useAndLoad)
        machine.failed(at: at(59.5))
        #expect(machine.step(at(59.9), asked: at(59.9), isMissing: false) == .use)
        #expect(machine.step(at(60), asked: at(60), isMissing: false) == .unavailable)
        #expect(machine.step(at(60.5), asked: at(60.5), isMissing: false) == .load)
        machine.loaded(at: at(60.5))
        #expect(machine.step(at(60.6), asked: at(60.6), isMissing: false) == .use)
    }

    @Test("an answer that was asked for this request is good, however long it took")
    func slow() {
        var machine = TokenFreshness()
        machine.loaded(at: at(0))
        #expect(machine.step(at(9), asked: at(0), isMissing: true) == .use)
        #expect(machine.step(at(9), asked: at(1), isMissing: false) == .load)
        machine.outdate()
        #expect(machine.step(at(0.1), asked: at(0), isMissing: false) == .load)
    }

    @Test("nothing known and no answer is no access")
    func nothing() {
        var machine = TokenFreshness()
        machine.failed(at: at(0))
        #expect(machine.step(at(0.5), asked: at(0.5), isMissing: true) == .unavailable)
        #expect(machine.step(at(1), asked: at(1), isMissing: true) == .load)
    }

    @Test("what this process changed it asks for at once, unless the store is away")
    func outdated() {
        var machine = TokenFreshness()
        machine.loaded(at: at(0))
        machine.outdate()
        #expect(machine.step(at(0.1), asked: at(0.1), isMissing: false) == .load)
        machine.failed(at: at(0.1))
        #expect(machine.step(at(0.2), asked: at(0.2), isMissing: false) == .use)
        machine.loaded(at: at(2))
        #expect(machine.step(at(2.1), asked: at(2.1), isMissing: false) == .use)
    }

    @Test("wrong tokens of a source are limited, those of others are not")
    func failures() {
        var limiter = FailureLimiter(limit: 2, window: .seconds(60), maximumSources: 2)
        #expect(limiter.wait("a", now: at(0)) == nil)
        func add(_ source: String, _ seconds: Double) -> Bool { limiter.add(source, now: at(seconds)) }
        #expect(add("a", 0) && add("a", 1))
        #expect(limiter.wait("a", now: at(2)) == .seconds(58))
        #expect(!add("a", 2))
        #expect(limiter.wait("b", now: at(2)) == nil)
        #expect(add("b", 2))
        // Beyond the limit sources share one count; it does not grow without end.
        #expect(add("c", 2) && add("d", 2))
        #expect(limiter.wait("e", now: at(3)) != nil)
        #expect(limiter.wait("a", now: at(60)) == nil)
        // The last of them is forgotten with its window.
        #expect(add("a", 63))
    }
}
