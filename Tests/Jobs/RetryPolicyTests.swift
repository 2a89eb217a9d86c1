import RoostJobs
import RoostTestKit
import Testing

@Suite("The wait before another attempt")
struct RetryPolicyTests {
    @Test("doubles from its base to its cap")
    func doubles() {
        var random = SeededGenerator(seed: 1)
        let policy = RetryPolicy(base: .seconds(2), cap: .seconds(60), jitter: 0)
        let delays = (1...8).map { policy.delay(failures: $0, using: &random) }
        #expect(delays == [2, 4, 8, 16, 32, 60, 60, 60].map { Duration.seconds($0) })
    }

    @Test("is spread by the jitter each way and never longer than the cap")
    func jitter() {
        var random = SeededGenerator(seed: 2)
        let policy = RetryPolicy(base: .seconds(10), cap: .seconds(1000), jitter: 0.2)
        let delays = (0..<2000).map { _ in policy.delay(failures: 1, using: &random) }
        #expect(delays.allSatisfy { $0 >= .seconds(8) && $0 <= .seconds(12) })
        #expect(delays.contains { $0 < .seconds(9) })
        #expect(delays.contains { $0 > .seconds(11) })
        #expect((0..<2000).allSatisfy { _ in policy.delay(failures: 50, using: &random) <= .seconds(1000) })
    }

    @Test("is a wait for every number of failures", arguments: [Int.min, -1, 0, 1, 41, 63, 64, 65, 1_000_000, .max])
    func anyFailures(failures: Int) {
        var random = SeededGenerator(seed: 3)
        for policy in [
            RetryPolicy(), RetryPolicy(base: .zero), RetryPolicy(cap: .zero), RetryPolicy(base: .nanoseconds(1)),
            RetryPolicy(jitter: 1), RetryPolicy(base: .seconds(100), cap: .seconds(1)),
        ] {
            let delay = policy.delay(failures: failures, using: &random)
            #expect(delay >= .zero)
            #expect(delay <= policy.cap)
        }
    }

    @Test(
        "takes any numbers it is made with",
        arguments: [-1, 0, 0.5, 1, 2, .nan, .infinity, -.infinity, .greatestFiniteMagnitude])
    func clamps(jitter: Double) {
        let policy = RetryPolicy(base: .seconds(-5), cap: .seconds(-5), jitter: jitter)
        #expect((0...1).contains(policy.jitter))
        #expect(policy.base == .zero)
        #expect(policy.cap == .zero)
    }

    @Test("does not trap on the longest durations there are")
    func longest() {
        var random = SeededGenerator(seed: 4)
        let longest = Duration.seconds(Int64.max)
        for policy in [
            RetryPolicy(base: longest, cap: longest), RetryPolicy(base: longest, cap: longest, jitter: 1),
            RetryPolicy(base: .seconds(1), cap: longest, jitter: 0), RetryPolicy(base: longest, cap: .seconds(1)),
        ] {
            for failures in [1, 2, 40, 41, .max] { #expect(policy.delay(failures: failures, using: &random) >= .zero) }
        }
    }
}
