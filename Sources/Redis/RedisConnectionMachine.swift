import NIOCore

/// The rules of one Redis connection: when to connect, what to write, whose reply this is, who has waited too long.
///
/// A pure value: no clock, no socket, no task. The shell (``RedisConnection``) feeds it and performs the directives.
/// Every connect is a generation; whatever a channel of an older generation reports is ignored.
struct RedisConnectionMachine<Waiter: Sendable>: Sendable {
    typealias Request = RedisRequest<Waiter>
    typealias Directives = RedisDirectives<Waiter>

    enum Phase: Equatable, Sendable {
        /// Nobody has asked for a connection yet.
        case idle
        case connecting
        /// Connected; the greeting's replies are awaited.
        case greeting
        case ready
        /// The server refuses on this connection: nothing more is written, and it closes after the replies under way.
        case retiring
        case backingOff(until: NIODeadline)
        case shutDown
    }

    let configuration: RedisConfiguration
    let connectTimeout: TimeAmount
    /// The hash slot of the client's keys.
    let slot: Int
    /// Deadlines are looked at no more often than this: with many commands waiting, each look is a walk over all.
    let sweepInterval = TimeAmount.milliseconds(20)
    /// The most bytes handed to the channel at a time, so that back-pressure is felt between two batches.
    let batchBytes = 256 * 1024

    var phase = Phase.idle
    var generation = 0
    var connects = 0
    var lastError: RedisError?
    var since: NIODeadline
    var backoff: RedisBackoff
    var greeting: RedisGreeting?
    var attemptDeadline = NIODeadline.distantFuture
    var isWritable = true
    /// Whether this connection has answered a command, which proves it useful.
    var hasAnswered = false

    /// Not yet written, in order.
    var waiting = CircularBuffer<Request>()
    /// Written, in order; replies belong to the first.
    var sent = CircularBuffer<Request>()
    /// Refused by a server that is not the one, and so not carried out: first to be written on the next connection.
    var refused: [Request] = []
    /// The replies the first of `sent` has so far, when it is a pipeline.
    var partial: [RedisValue] = []
    var nextID: UInt64 = 1
    var pendingCommands = 0
    var pendingBytes = 0
    var drainRequested = false

    /// No request's deadline is before this; it may be long past the ones already answered.
    var earliestDeadline = NIODeadline.distantFuture
    var lastSweep: NIODeadline
    /// When the shell will call `tick`.
    var armed: NIODeadline?

    init(_ configuration: RedisConfiguration, now: NIODeadline, seed: UInt64) {
        self.configuration = configuration
        connectTimeout = configuration.connectTimeout.clampedTimeAmount
        slot = RedisSlot.of(configuration.clusterKey)
        backoff = RedisBackoff(configuration, seed: seed)
        since = now
        lastSweep = now
    }

    /// Asks for a tick at the next time anything can be due.
    mutating func arm(_ directives: inout Directives) {
        var next = NIODeadline.distantFuture
        switch phase {
        case .backingOff(let until): next = until
        case .connecting, .greeting: next = attemptDeadline
        case .shutDown: return
        case .idle, .ready, .retiring: break
        }
        if waiting.isEmpty && sent.isEmpty {
            earliestDeadline = .distantFuture
        } else {
            next = min(next, max(earliestDeadline, lastSweep + sweepInterval))
        }
        guard next < armed ?? .distantFuture else { return }
        armed = next
        directives.wakeAt = next
    }
}
