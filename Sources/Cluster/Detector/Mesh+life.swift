import Logging
internal import NIOCore
import Synchronization

/// The lives of this member: joining, being counted as down, coming back, leaving.
extension Mesh {
    func join(_ membership: Membership) {
        state.withLock { state in
            state.report = { [weak membership] in membership?.receive($0) }
        }
        membership.link(
            MeshLink(
                assume: { [weak self] in self?.assume($0) },
                condemn: { [weak self] id in self?.advance { $0.detector.condemned(id, now: .now) } },
                connections: { [weak self] in self?.connectionStatuses ?? [:] }))
    }

    /// The others count that incarnation as down. When it is this one, its life is over and the next begins.
    func fenced(_ incarnation: UInt64) {
        guard me.incarnation == incarnation else { return }
        if let report = state.withLock({ $0.report }) {
            report(.fenced(incarnation: incarnation))
        } else {
            assume(me.reborn())
        }
    }

    /// Goes on as another incarnation of this member. All connections end: nothing of the earlier life may reach the
    /// others as if it were of this one.
    func assume(_ member: Member) {
        let connections: [MeshConnection]? = state.withLock { state in
            let isNewer = identity.withLock { me in
                guard me.name == member.name, me.incarnation < member.incarnation else { return false }
                me = member
                return true
            }
            guard isNewer, !state.isStopped else { return nil }
            state.machine.restart(as: member.id)
            state.links = [:]
            state.detector.rejoin(as: member.id, now: .now)
            return Array(state.connections.values) + Array(state.opening.values)
        }
        guard let connections else { return }
        for connection in connections {
            connection.close()
            guard let peer = connection.peer?.member else { continue }
            subscribers.publish([.disconnected(peer)])
            // Not its life has ended, but all that this one had with it.
            memberEnded(peer, .nodeDown)
        }
        perform { redirect(&$0, .now) }
    }

    /// Tells the others that this member leaves, and waits a moment for them to hang up.
    func sayGoodbye() async {
        let connections = state.withLock { state in
            state.isStopped = true
            return state.connections.values.filter { $0.features.contains(.membership) }
        }
        guard !connections.isEmpty else { return }
        for connection in connections {
            connection.channel.eventLoop.execute { connection.write(DetectorFrame.goodbye.encode()) }
            // Who does not answer is not waited for.
            connection.channel.eventLoop.scheduleTask(in: Self.goodbyeLimit) { connection.close() }
        }
        for connection in connections { try? await connection.channel.closeFuture.get() }
    }

    private static let goodbyeLimit = TimeAmount.milliseconds(250)
}

extension Member {
    /// The same process in its next life.
    func reborn() -> Member {
        // The wall clock may have been set back.
        let next = max(MemberID.freshIncarnation(), incarnation == .max ? .max : incarnation + 1)
        return Member(
            name: name, incarnation: next, roles: roles, startedMicroseconds: startedMicroseconds, version: version)
    }
}
