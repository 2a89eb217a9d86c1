/// An error a Redis server replied with.
public struct RedisServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The first word in capitals: `ERR`, `NOSCRIPT`, `READONLY`, `OOM`, `LOADING`, …
    public let code: String
    /// The rest of the sentence.
    public let message: String

    /// Makes an error from its parts.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// Splits a reply's text at its first space.
    init(reply: String) {
        let parts = reply.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        code = parts.first.map(String.init) ?? ""
        message = parts.count > 1 ? String(parts[1]) : ""
    }

    /// The error as the server wrote it.
    public var description: String { message.isEmpty ? code : "\(code) \(message)" }

    /// Whether this server will keep refusing on this connection, so that a new one is the way out: it became a
    /// replica, lost its primary, is reading its data, or forgot who we are.
    var demandsReconnect: Bool {
        switch code {
        case "READONLY", "MASTERDOWN", "LOADING", "NOAUTH": true
        // How a server before 7.0 says that a script met it.
        case "ERR": message.contains(" -READONLY ")
        default: false
        }
    }
}
