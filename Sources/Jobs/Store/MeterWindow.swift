/// A meter's current window and what was taken in it.
public struct MeterWindow: Sendable, Equatable {
    /// When it began, microseconds since 1970: a multiple of its period.
    public private(set) var start: Int64
    /// What was taken, 0 to `Spending.most`.
    public private(set) var used: Int

    /// A window as a store kept it.
    public init(start: Int64 = 0, used: Int = 0) {
        self.start = start
        self.used = min(max(0, used), Spending.most)
    }

    /// Takes the amount if all of it is left, in the window of `now`.
    public mutating func spend(_ spending: Spending, now: Timestamp) -> Allowance {
        let current = now.microseconds - now.microseconds % spending.period
        // A wall clock that was set back a little stays in the window it had reached: crossing the border twice must
        // not allow twice as much.
        if start != current && start != current + spending.period { self = MeterWindow(start: current) }
        let left = max(0, spending.limit - used)
        let isGranted = spending.amount <= left
        if isGranted { used += spending.amount }
        return Allowance(
            isGranted: isGranted, remaining: isGranted ? left - spending.amount : left,
            resetsIn: .microseconds(start + spending.period - now.microseconds))
    }

    /// When it is over.
    public func end(_ spending: Spending) -> Timestamp { Timestamp(microseconds: start + spending.period) }
}
