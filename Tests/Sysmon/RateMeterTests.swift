import RoostJobs
import Testing

@testable import RoostSysmon

@Suite("the rate meter")
struct RateMeterTests {
    private let start = ContinuousClock.now

    private func totals(_ enqueued: Int, _ done: Int, failed: Int = 0, retried: Int = 0) -> StoreCounts.Totals {
        var totals = StoreCounts.Totals()
        (totals.enqueued, totals.done, totals.failed, totals.retried) = (enqueued, done, failed, retried)
        return totals
    }

    @Test("one reading gives no rate")
    func first() {
        var meter = RateMeter(length: 60, window: 5)
        meter.take(totals(1_000_000, 5), at: start)
        #expect(meter.rates == Rates())
    }

    @Test(
        "the difference over the time is the rate",
        arguments: [
            (10, 1000, 10.0), (10, 500, 20.0), (0, 1000, 0.0), (1, 3000, 0.33), (Int.max, 1000, Double(Int.max)),
        ])
    func rate(done: Int, milliseconds: Int, expected: Double) {
        var meter = RateMeter(length: 60, window: 5)
        meter.take(totals(0, 0), at: start)
        meter.take(totals(0, done), at: start + .milliseconds(milliseconds))
        #expect(meter.rates.now.done == expected)
        #expect(meter.rates.history.count == 1)
    }

    @Test("attempts that are tried again count as failed too")
    func failures() {
        var meter = RateMeter(length: 60, window: 5)
        meter.take(totals(0, 0), at: start)
        meter.take(totals(0, 0, failed: 2, retried: 3), at: start + .seconds(1))
        #expect(meter.rates.now.failed == 5)
    }

    @Test("sums that fell count as nothing and begin anew")
    func reset() {
        var meter = RateMeter(length: 60, window: 1)
        meter.take(totals(100, 100), at: start)
        meter.take(totals(0, 0), at: start + .seconds(1))
        #expect(meter.rates.now == .init())
        meter.take(totals(7, 0), at: start + .seconds(2))
        #expect(meter.rates.now.accepted == 7)
    }

    @Test("a reading that is not later is ignored")
    func standstill() {
        var meter = RateMeter(length: 60, window: 5)
        meter.take(totals(0, 0), at: start)
        meter.take(totals(9, 0), at: start)
        meter.take(totals(9, 0), at: start - .seconds(1))
        #expect(meter.rates.history.isEmpty)
    }

    @Test("the history is bounded and the rate is the mean of its end")
    func history() {
        var meter = RateMeter(length: 3, window: 2)
        for (second, sum) in [0, 10, 20, 40, 80].enumerated() {
            meter.take(totals(sum, 0), at: start + .seconds(second))
        }
        #expect(meter.rates.series(\.accepted) == [10, 20, 40])
        #expect(meter.rates.now.accepted == 30)
    }
}
