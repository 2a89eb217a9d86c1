import NIOCore

/// When the next connect may begin: a random pause whose bound doubles with each failure, and never more than so many
/// connects within any second. A hundred clients that lose one server do not return at the same moment.
struct RedisBackoff {
    private let minimum: Int64
    private let maximum: Int64
    private let connectsPerSecond: Int
    private var bound: Int64
    private var recentConnects: [NIODeadline] = []
    private var random: UInt64

    init(_ configuration: RedisConfiguration, seed: UInt64) {
        minimum = configuration.reconnectBackoffMinimum.clampedTimeAmount.nanoseconds
        maximum = max(minimum, configuration.reconnectBackoffMaximum.clampedTimeAmount.nanoseconds)
        bound = minimum
        connectsPerSecond = min(max(configuration.maximumConnectsPerSecond, 1), 1000)
        random = seed
    }

    /// A connect begins.
    mutating func connecting(at now: NIODeadline) {
        recentConnects.append(now)
        if recentConnects.count > connectsPerSecond { recentConnects.removeFirst() }
    }

    /// A connection proved useful.
    mutating func succeeded() { bound = minimum }

    /// A connect failed or a connection was lost; returns when to connect again.
    mutating func failed(at now: NIODeadline) -> NIODeadline {
        let pause = now + .nanoseconds(nextRandom(below: bound))
        bound = min(maximum, bound * 2)
        guard recentConnects.count >= connectsPerSecond, let oldest = recentConnects.first else { return pause }
        // A little more than the second, so that clients which failed together drift apart here too.
        return max(pause, oldest + .seconds(1) + .nanoseconds(nextRandom(below: minimum)))
    }

    /// SplitMix64: the seed decides everything.
    private mutating func nextRandom(below bound: Int64) -> Int64 {
        random &+= 0x9E37_79B9_7F4A_7C15
        var bits = random
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return Int64(bits % UInt64(max(bound, 1)))
    }
}
