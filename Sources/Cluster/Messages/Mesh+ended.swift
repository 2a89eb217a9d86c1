import Synchronization

extension Mesh {
    /// The one place that is told when a life of a member has ended for good, as opposed to a connection that broke:
    /// monitors of it and of its tasks fire, what it spawned here is cancelled, and it is in no group any more.
    ///
    /// May be told more than once. Never called for a connection that breaks while the member may live.
    func memberEnded(_ member: MemberID, _ reason: DownReason) {
        monitors.memberEnded(member, reason)
        tasks.memberEnded(member)
        groups.memberEnded(member)
    }

    /// A connection is in use: what was promised to its member is told (again).
    func connected(_ connection: MeshConnection) {
        guard let peer = connection.peer?.member else { return }
        if connection.features.contains(.groups) { groups.connected(connection) }
        for watched in monitors.tasks(at: peer) {
            connection.tell(.monitor(watched.reference, task: watched.task, isSpawner: watched.isSpawner))
        }
    }

    /// Why a member is not there; nil when it is, or may come back.
    func reasonGone(_ member: MemberID) -> DownReason? {
        if member.name == me.name { return member == me.id ? nil : .nodeDown }
        return state.withLock { state in
            if state.machine.connection(to: member.name)?.peer == member { return nil }
            if let stone = state.detector.tombstones[member] { return stone.reason == .left ? .left : .nodeDown }
            return state.detector.knows(member) || state.targets[member] != nil ? nil : .noproc
        }
    }
}
