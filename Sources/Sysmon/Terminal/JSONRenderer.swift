/// Snapshots as newline-delimited JSON.
public struct JSONRenderer: Sendable {
    /// A renderer.
    public init() {}

    /// One object and a newline.
    public func render(_ snapshot: Snapshot) -> String { String(decoding: snapshot.json, as: UTF8.self) + "\n" }
}
