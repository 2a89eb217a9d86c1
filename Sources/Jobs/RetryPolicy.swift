/// How long to wait before a failed attempt is tried again.
public struct RetryPolicy: Sendable, Equatable {
    /// The shape of the waits.
    public var kind: Kind
    /// How much a wait is spread, as a share of itself each way: 0.2 is ± 20 %.
    public var jitter: Double

    /// The shapes there are.
    public enum Kind: Sendable, Equatable {
        /// `base · 2^(n−1)` after the n-th failure, at most `cap`.
        case exponential(base: Duration, cap: Duration)
        /// Always the same.
        case fixed(Duration)
        /// One after the other; the last one again for all further failures. 1 to 20 waits.
        case list([Duration])
    }

    /// A policy of any kind.
    public init(_ kind: Kind, jitter: Double = 0) {
        self.kind = kind
        self.jitter = min(max(0, jitter.isFinite ? jitter : 0), 1)
    }

    /// `base · 2^(n−1)` up to `cap`, spread by `jitter`.
    public init(base: Duration = .seconds(2), cap: Duration = .seconds(3600), jitter: Double = 0.2) {
        self.init(.exponential(base: max(.zero, base), cap: max(.zero, cap)), jitter: jitter)
    }

    /// Waits in a list at most.
    public static let listLimit = 20

    /// The wait after the `failures`-th failure (from 1). Never traps: the exponent is capped before it is used.
    public func delay(failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        let (wait, cap) = plain(failures: max(1, failures))
        let spread = jitter == 0 ? 1 : Double.random(in: (1 - jitter)...(1 + jitter), using: &generator)
        let seconds = min(max(0, wait * spread), cap, JobLimits.longest.inSeconds)
        return .microseconds(Int64(seconds * 1_000_000))
    }

    /// Seconds to wait before they are spread, and the most they may become.
    private func plain(failures: Int) -> (wait: Double, cap: Double) {
        switch kind {
        case .exponential(let base, let cap):
            let exponent = min(failures, 41) - 1
            return (min(base.inSeconds * Double(UInt64(1) << UInt64(exponent)), cap.inSeconds), cap.inSeconds)
        case .fixed(let wait): return (wait.inSeconds, .infinity)
        case .list(let waits):
            guard !waits.isEmpty else { return (0, 0) }
            return (waits[min(failures, waits.count) - 1].inSeconds, .infinity)
        }
    }

    /// What keeps a producer's policy from being accepted.
    var fault: String? {
        func isFine(_ wait: Duration) -> Bool { wait >= .zero && wait <= JobLimits.longest }
        switch kind {
        case .exponential(let base, let cap): return isFine(base) && isFine(cap) ? nil : "must wait 0 to ten years"
        case .fixed(let wait): return isFine(wait) ? nil : "must wait 0 to ten years"
        case .list(let waits):
            if waits.isEmpty || waits.count > Self.listLimit { return "must list 1 to \(Self.listLimit) waits" }
            return waits.allSatisfy(isFine) ? nil : "must wait 0 to ten years"
        }
    }
}
