/// How long to wait before a failed attempt is tried again.
public struct RetryPolicy: Sendable, Equatable {
    /// The wait after the first failure.
    public var base: Duration
    /// The longest wait.
    public var cap: Duration
    /// How much the wait is spread, as a share of itself each way: 0.2 is ± 20 %.
    public var jitter: Double

    /// `base · 2^(n−1)` up to `cap`, spread by `jitter`.
    public init(base: Duration = .seconds(2), cap: Duration = .seconds(3600), jitter: Double = 0.2) {
        self.base = max(.zero, base)
        self.cap = max(.zero, cap)
        self.jitter = min(max(0, jitter.isFinite ? jitter : 0), 1)
    }

    /// The wait after the `failures`-th failure (from 1). Never traps: the exponent is capped before it is used.
    public func delay(failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        let exponent = min(max(1, failures), 41) - 1
        let seconds = min(base.inSeconds * Double(UInt64(1) << UInt64(exponent)), cap.inSeconds)
        let spread = jitter == 0 ? 1 : Double.random(in: (1 - jitter)...(1 + jitter), using: &generator)
        // A cap beyond ten years would overflow what a delay may be.
        return .microseconds(Int64(min(seconds * spread, cap.inSeconds, JobLimits.longest.inSeconds) * 1_000_000))
    }
}
