/// Why a store did not do what it was asked.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, which tells a caller what it may do.
    public enum Code: Sendable, Equatable {
        /// Not reachable, full, read-only or loading: nothing was changed; try again later.
        case unavailable
        /// The answer was lost: it may or may not have happened; repeat it, every function can be repeated.
        case unknown
        /// The request broke a limit of the store's; repeating it will not help.
        case invalid
        /// What is stored cannot be read by this version, or is damaged.
        case corrupt
        /// The store was closed, or the caller's task was cancelled.
        case closed
    }

    /// The kind.
    public let code: Code
    /// What happened, for a log; never contains a payload or a password.
    public let message: String

    /// An error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code): \(message)" }
}
