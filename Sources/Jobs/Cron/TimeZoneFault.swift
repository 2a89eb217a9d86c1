/// Why the rules of a time zone could not be read.
public struct TimeZoneFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: Sendable, Equatable {
        /// The name is not one a time zone can have.
        case invalidName
        /// No file of that name: mistyped, or the machine has no tzdata.
        case notFound
        /// The file is there, but cannot be read.
        case unreadable
        /// The file is not a TZif file this version understands.
        case malformed
    }

    /// The kind.
    public let code: Code
    /// What is wrong, for a person.
    public let message: String

    /// A fault.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
