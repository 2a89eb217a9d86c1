/// What is asked of a meter, with its numbers within limits, so that all stores count alike.
public struct Spending: Sendable, Equatable {
    /// The highest amount and limit: whole numbers up to here are exact in Redis' scripts, sums included.
    public static let most = 1_000_000_000_000_000

    /// How much to take, 0 to `most`.
    public let amount: Int
    /// How much a window allows, 0 to `most`.
    public let limit: Int
    /// A window's length in microseconds, 1 s to 31 days.
    public let period: Int64

    /// Clamps each number to what it may be.
    public init(amount: Int, limit: Int, period: Duration) {
        self.amount = min(max(0, amount), Self.most)
        self.limit = min(max(0, limit), Self.most)
        self.period = min(max(1_000_000, period.clampedMicroseconds), 31 * 86_400_000_000)
    }
}
