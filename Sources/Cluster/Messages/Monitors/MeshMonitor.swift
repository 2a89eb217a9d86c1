/// Watches a member or a task until it ends, once.
///
/// A connection that breaks and comes back fires nothing: only the end of what is watched does, or of the member it
/// runs on.
public final class MeshMonitor: Sendable {
    /// What is watched: a member, or a task of it.
    public enum Target: Sendable, Hashable {
        /// A life of a member.
        case member(MemberID)
        /// A spawned task.
        case task(MeshTaskID)
    }

    /// What is watched.
    public let target: Target
    /// Gives exactly one reason and ends; ends without one when cancelled or when the mesh does. For one reader.
    public let down: AsyncStream<DownReason>
    private let onCancel: @Sendable () -> Void

    init(target: Target, down: AsyncStream<DownReason>, onCancel: @escaping @Sendable () -> Void) {
        self.target = target
        self.down = down
        self.onCancel = onCancel
    }

    /// Watches no longer: `down` ends.
    public func cancel() {
        onCancel()
    }
}
