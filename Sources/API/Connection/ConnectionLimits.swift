import NIOCore

/// What one connection may take of this process.
struct ConnectionLimits: Sendable {
    /// The longest request head, bytes; all that is ever held of a connection's input.
    var headBytes: Int
    var headFields: Int
    /// The longest request target, bytes.
    var targetBytes: Int
    /// The longest body on any route, bytes; routes have limits of their own.
    var bodyBytes: Int
    /// What all bodies and long replies may hold, bytes.
    var heldBytes: Int
    /// From a head's first byte to its last.
    var headTime: TimeAmount
    /// From a head's end to its body's.
    var bodyTime: TimeAmount
    /// Between requests, and for a reader that takes nothing of its reply.
    var idleTime: TimeAmount
    /// How long a refused connection is read on, so that its client sees the refusal and not a reset.
    var lingerTime: TimeAmount
    var connections: Int
    /// Requests under way on all connections.
    var admission: AdmissionLimits

    /// How many connections are accepted at all: those over `connections` are told that there are too many, and when
    /// there are more of these than it takes to tell them, the rest waits in the kernel's backlog.
    var acceptedConnections: Int { connections + max(16, connections / 8) }

    init(_ configuration: APIConfiguration) {
        headBytes = max(256, configuration.maximumHeaderBytes)
        headFields = max(1, configuration.maximumHeaderFields)
        targetBytes = max(64, configuration.maximumTargetBytes)
        bodyBytes = max(0, configuration.maximumBodyBytes, configuration.maximumBulkBytes)
        heldBytes = configuration.heldBytes
        headTime = configuration.headerDeadline.timeAmount
        bodyTime = configuration.bodyDeadline.timeAmount
        idleTime = configuration.idleTimeout.timeAmount
        lingerTime = configuration.lingerTime.timeAmount
        connections = min(max(1, configuration.maximumConnections), 1_000_000)
        admission = AdmissionLimits(
            inside: configuration.maximumRequests, target: configuration.maximumQueueing.timeAmount,
            interval: configuration.burst.timeAmount)
    }
}

extension Duration {
    /// Clamped to a millisecond and a day: no connection is idle for longer.
    fileprivate var timeAmount: TimeAmount {
        let duration = min(max(.milliseconds(1), self), .seconds(86_400))
        let (seconds, attoseconds) = duration.components
        return .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
