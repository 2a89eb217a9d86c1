import NIOCore

/// What the shell has to do after an input to the ``RedisConnectionMachine``, in the order of the fields.
struct RedisDirectives<Waiter: Sendable>: Sendable {
    /// Worth a line in the log.
    enum Notice: Sendable {
        case connected
        case lost(RedisError)
        case connectFailed(RedisError)
    }

    /// Waiters to resume.
    var completions: [RedisCompletion<Waiter>] = []
    /// Bytes to write and flush at once.
    var output: [[UInt8]] = []
    /// The node that owns the slot, as the one we are connected to says.
    var redirect: RedisEndpoint?
    /// Close the channel.
    var closes = false
    /// Begin the connect of this generation.
    var connect: Int?
    /// Call `tick` at this time, instead of an earlier request.
    var wakeAt: NIODeadline?
    /// Call `drain` on the event loop, soon.
    var drains = false
    /// For the log.
    var notice: Notice?

    mutating func complete(_ request: RedisRequest<Waiter>, _ outcome: RedisOutcome) {
        guard let waiter = request.waiter else { return }
        completions.append(RedisCompletion(waiter: waiter, outcome: outcome))
    }
}
