import Glibc
import Synchronization

/// What a handler that does nothing leaves behind: how many ran, the first and the last time, how late each was.
final class BenchTally: Sendable {
    private struct Latencies {
        var microseconds: [Int64] = []
    }

    private let count = Atomic<Int>(0)
    private let first = Atomic<Int64>(0)
    private let last = Atomic<Int64>(0)
    private let target = Atomic<Int>(Int.max)
    private let latencies = Mutex(Latencies())
    /// Told of each start: when, and how late.
    private let onStart: (@Sendable (_ now: Int64, _ microseconds: Int64?) -> Void)?
    private let isComplete = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// Nanoseconds of the wall clock, which two processes share.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    init(onStart: (@Sendable (_ now: Int64, _ microseconds: Int64?) -> Void)? = nil) { self.onStart = onStart }

    var runs: Int { count.load(ordering: .relaxed) }

    /// From the first start to the last, seconds.
    var seconds: Double {
        Double(last.load(ordering: .relaxed) - first.load(ordering: .relaxed)) / 1e9
    }

    /// Forgets everything, and counts to `jobs`.
    func reset(to jobs: Int) {
        count.store(0, ordering: .relaxed)
        first.store(0, ordering: .relaxed)
        target.store(jobs, ordering: .relaxed)
        latencies.withLock { $0.microseconds = [] }
    }

    /// A handler starts. `sent`: when its job was given, on this clock; nil when nobody wants to know.
    func start(sent: Int64?) {
        let now = Self.now
        _ = first.compareExchange(expected: 0, desired: now, ordering: .relaxed)
        last.store(now, ordering: .relaxed)
        onStart?(now, sent.map { (now - $0) / 1000 })
        if let sent { latencies.withLock { $0.microseconds.append((now - sent) / 1000) } }
        let (_, runs) = count.add(1, ordering: .relaxed)
        if runs == target.load(ordering: .relaxed) { isComplete.continuation.yield() }
    }

    /// Returns when as many have started as were asked for, or the task is cancelled.
    func complete() async {
        for await _ in isComplete.stream where runs >= target.load(ordering: .relaxed) { return }
    }

    /// How late the handlers started, microseconds, sorted.
    var sorted: [Int64] { latencies.withLock { $0.microseconds.sorted() } }

    /// How late they were: median, 99th percentile and worst.
    var quantiles: [(name: String, value: Double)] {
        let sorted = sorted
        return [("p50_ms", 0.5), ("p99_ms", 0.99), ("max_ms", 1)].map { ($0.0, sorted.quantile($0.1) / 1000) }
    }
}
