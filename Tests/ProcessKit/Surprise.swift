/// What a test did not expect.
public struct Surprise: Error, CustomStringConvertible {
    /// A sentence for people.
    public let description: String

    /// An error that says this.
    public init(_ description: String) { self.description = description }
}
