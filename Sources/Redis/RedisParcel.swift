import NIOCore

/// Commands in wire form that are sent in one piece, and how.
struct RedisParcel {
    let bytes: [UInt8]
    /// How many commands the bytes are.
    let replies: Int
    /// Whether the outcome is a list, also when there is one.
    let isPipeline: Bool
    let deadline: NIODeadline
    let delivery: RedisDelivery

    /// One command.
    init(
        _ command: RedisCommand, deadline: Duration, _ delivery: RedisDelivery = RedisDelivery()
    ) throws(RedisError) {
        self.delivery = delivery
        bytes = try command.wireBytes()
        replies = 1
        isPipeline = false
        self.deadline = .now() + deadline.clampedTimeAmount
    }

    /// Commands whose replies are wanted as a list.
    init(
        pipeline commands: [RedisCommand], deadline: Duration, _ delivery: RedisDelivery = RedisDelivery()
    ) throws(RedisError) {
        self.delivery = delivery
        var bytes: [UInt8] = []
        for command in commands { bytes += try command.wireBytes() }
        self.bytes = bytes
        replies = commands.count
        isPipeline = true
        self.deadline = .now() + deadline.clampedTimeAmount
    }
}
