import RoostJobs

/// Turns sums that only grow into rates. No clock: the caller says when each reading was taken.
struct RateMeter: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Samples kept.
    let length: Int
    /// Samples whose mean is the rate now: one is too jumpy to read.
    let window: Int
    private var last: (totals: StoreCounts.Totals, at: Instant)?
    private var history: [Rates.Sample] = []

    init(length: Int, window: Int) {
        self.length = max(1, length)
        self.window = max(1, window)
    }

    /// Takes a reading. One that is not later than the last is ignored; sums that fell (the store was emptied) begin
    /// anew and count as nothing.
    mutating func take(_ totals: StoreCounts.Totals, at now: Instant) {
        guard let before = last else {
            last = (totals, now)
            return
        }
        let seconds = (now - before.at).inSeconds
        guard seconds > 0 else { return }
        last = (totals, now)
        let old = before.totals
        history.append(
            Rates.Sample(
                accepted: Self.rate(old.enqueued, totals.enqueued, seconds),
                done: Self.rate(old.done, totals.done, seconds),
                failed: Self.rate(old.failed, totals.failed, seconds) + Self.rate(old.retried, totals.retried, seconds))
        )
        if history.count > length { history.removeFirst(history.count - length) }
    }

    var rates: Rates {
        let recent = history.suffix(window)
        guard !recent.isEmpty else { return Rates() }
        func mean(_ path: KeyPath<Rates.Sample, Double>) -> Double {
            Self.rounded(recent.reduce(0) { $0 + $1[keyPath: path] } / Double(recent.count))
        }
        return Rates(
            now: .init(accepted: mean(\.accepted), done: mean(\.done), failed: mean(\.failed)), history: history)
    }

    private static func rate(_ old: Int, _ new: Int, _ seconds: Double) -> Double {
        guard new > old else { return 0 }
        let (delta, overflow) = new.subtractingReportingOverflow(old)
        return rounded(Double(overflow ? Int.max : delta) / seconds)
    }

    /// Two decimals: enough to read, short in JSON.
    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
