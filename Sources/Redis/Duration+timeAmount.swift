import NIOCore

extension Duration {
    /// The duration for NIO, kept between one millisecond and one day so that no arithmetic on it can overflow.
    var clampedTimeAmount: TimeAmount {
        let bounded = Swift.min(Swift.max(self, .milliseconds(1)), .seconds(86_400))
        let (seconds, attoseconds) = bounded.components
        return .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
