/// A task spawned at a member, as its spawner sees it.
public final class MeshTask: Sendable {
    /// Which task it is.
    public let id: MeshTaskID
    /// What it reports of itself: the newest 256 that were not read; ends with the task. For one reader.
    public let progress: AsyncStream<[UInt8]>
    private let outcome: Settled<Result<[UInt8], MeshError>>
    private let onCancel: @Sendable () -> Void
    private let onMonitor: @Sendable () throws(MeshError) -> MeshMonitor

    init(
        id: MeshTaskID, progress: AsyncStream<[UInt8]>, outcome: Settled<Result<[UInt8], MeshError>>,
        onCancel: @escaping @Sendable () -> Void, onMonitor: @escaping @Sendable () throws(MeshError) -> MeshMonitor
    ) {
        self.id = id
        self.progress = progress
        self.outcome = outcome
        self.onCancel = onCancel
        self.onMonitor = onMonitor
    }

    /// Waits for the result, across broken connections, as long as the member lives.
    ///
    /// Throws `MeshError`: `remote` when the task failed, `nodeDown` when its member is gone, `noService` when its end
    /// is not known there any more, `cancelled` when the waiting task was cancelled (which does not cancel this one).
    public func result() async throws(MeshError) -> [UInt8] {
        guard let outcome = await outcome.wait() else { throw .cancelled }
        return try outcome.get()
    }

    /// The same as a value. Throws `MeshError.undecodable` when the result is not one.
    public func result<Output: Decodable>(as output: Output.Type) async throws(MeshError) -> Output {
        try JSONBody.decode(output, try await result())
    }

    /// Asks for its end: its Swift task is cancelled. How it ends, `result` tells.
    public func cancel() {
        onCancel()
    }

    /// Watches it; see `Mesh.monitor`.
    public func monitor() throws(MeshError) -> MeshMonitor {
        try onMonitor()
    }
}
