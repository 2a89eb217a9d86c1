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
            #expect(delay <= .seconds(3600))
        }
    }

    @Test(
        "takes any numbers it is made with",
        arguments: [-1, 0, 0.5, 1, 2, .nan, .infinity, -.infinity, .greatestFiniteMagnitude])
    func clamps(jitter: Double) {
        let policy = RetryPolicy(base: .seconds(-5), cap: .seconds(-5), jitter: jitter)
        #expect((0...1).contains(policy.jitter))
        #expect(policy.kind == .exponential(base: .zero, cap: .zero))
    }

    @Test("can be always the same, or one wait after the other")
    func otherKinds() {
        var random = SeededGenerator(seed: 5)
        let fixed = RetryPolicy(.fixed(.seconds(7)))
        #expect((1...3).map { fixed.delay(failures: $0, using: &random) } == [.seconds(7), .seconds(7), .seconds(7)])
        let list = RetryPolicy(.list([.seconds(1), .seconds(5), .seconds(30)]))
        #expect((1...5).map { list.delay(failures: $0, using: &random) } == [1, 5, 30, 30, 30].map { .seconds($0) })
        #expect(RetryPolicy(.list([])).delay(failures: 1, using: &random) == .zero)
    }

    @Test(
        "reads what it writes",
        arguments: [
            RetryPolicy(), RetryPolicy(.fixed(.milliseconds(1500)), jitter: 0.5),
            RetryPolicy(.list([.zero, .seconds(9)])),
            RetryPolicy(.exponential(base: .microseconds(1), cap: JobLimits.longest), jitter: 1),
        ])
    func text(policy: RetryPolicy) { #expect(RetryPolicy(policy.description) == policy) }

    @Test(
        "is not read from anything else",
        arguments: [
            "", "x", "x1,2", "x1,2,3,4", "f1", "f-1,0", "l0", "q1,2", "f1,2,", "f99999999999999999999,0", "x1,+2,a",
            "l0," + Array(repeating: "1", count: 21).joined(separator: ","),
        ])
    func noText(text: String) { #expect(RetryPolicy(text) == nil) }

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
