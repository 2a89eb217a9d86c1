/// Why bytes are not the JSON this system accepts.
public struct JSONFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, without any of the input.
    public let message: String
    /// Where, in bytes from the start.
    public let offset: Int

    init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }

    public var description: String { "\(message) at byte \(offset)" }
}

/// The kind of a JSON value.
public enum JSONKind: String, Sendable {
    /// `{…}`.
    case object
    /// `[…]`.
    case array
    /// `"…"`.
    case string
    /// A number.
    case number
    /// `true` or `false`.
    case bool
    /// `null`.
    case null
}
