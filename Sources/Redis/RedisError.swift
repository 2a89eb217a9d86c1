/// Why a command has no reply to give.
public struct RedisError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of failure; callers decide by these.
    public enum Code: Sendable, Equatable {
        /// The command was never sent: no connection within the deadline, or too many commands were waiting.
        case unavailable
        /// The connection broke after the command was sent.
        case connectionLost(maybeApplied: Bool)
        /// No reply within the deadline after the command was sent.
        case timedOut(maybeApplied: Bool)
        /// The calling task was cancelled; the command may run on the server all the same.
        case cancelled(maybeApplied: Bool)
        /// The server replied with an error.
        case server(RedisServerError)
        /// The other side does not speak RESP2, or a reply exceeded the limit.
        case protocolViolation
        /// The configuration or the command can never work.
        case configuration
        /// The client was shut down.
        case shutDown
    }

    /// The kind of failure.
    public let code: Code
    /// A sentence for people; never holds a password.
    public let message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Makes an error of a server's error reply.
    public init(_ error: RedisServerError) {
        self.init(.server(error), error.description)
    }

    /// Whether the server may have run the command although there is no reply. An error reply means it was refused.
    public var maybeApplied: Bool {
        switch code {
        case .connectionLost(let maybe), .timedOut(let maybe), .cancelled(let maybe): maybe
        case .protocolViolation: true
        case .unavailable, .server, .configuration, .shutDown: false
        }
    }

    /// The server's error, if it replied with one.
    public var serverError: RedisServerError? {
        if case .server(let error) = code { error } else { nil }
    }

    /// The kind and the sentence.
    public var description: String {
        if case .server = code { "redis: \(message)" } else { "redis: \(code): \(message)" }
    }
}
