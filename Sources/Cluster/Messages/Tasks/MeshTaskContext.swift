/// What a spawned task knows of itself.
public struct MeshTaskContext: Sendable {
    /// Which task it is.
    public let id: MeshTaskID
    /// Who spawned it. When that member is gone, the task is cancelled.
    public let spawner: MemberID
    let report: @Sendable ([UInt8]) -> Void

    /// The most bytes of one progress report.
    public static let largestProgress = 4096

    /// Tells the spawner how far it is: at most `largestProgress` bytes, longer ones are dropped. May be lost.
    public func progress(_ body: [UInt8]) {
        if body.count <= Self.largestProgress { report(body) }
    }

    /// The same with a value as JSON.
    public func progress(encoding value: some Encodable) {
        if let body = try? JSONBody.encode(value) { progress(body) }
    }
}
