internal import NIOCore
import Synchronization

/// What the mesh does by the clock, on one event loop: never a task, whose thread a busy handler may hold.
extension Mesh {
    func watch() {
        let interval = TimeAmount(configuration.detector.clamped().interval)
        state.withLock { $0.detector.start(now: .now) }
        loop.scheduleTask(in: interval) { self.tick(interval) }
    }

    private func tick(_ interval: TimeAmount) {
        let now = ContinuousClock.now
        let uptime = NIODeadline.now().uptimeNanoseconds
        var isExchange = false
        let isRunning = state.withLock { state in
            guard !state.isStopped else { return false }
            isExchange = now - state.lastExchange >= state.detector.configuration.exchangeInterval
            if isExchange { state.lastExchange = now }
            return true
        }
        guard isRunning else { return }
        advance { state in
            for connection in state.connections.values {
                guard let peer = connection.peer?.member else { continue }
                let heard = connection.heard.load(ordering: .relaxed)
                state.detector.heard(peer, at: now - .nanoseconds(Int64(clamping: uptime - min(heard, uptime))))
            }
            return state.detector.tick(now: now)
        }
        if isExchange {
            describe(to: state.withLock { Array($0.connections.values) })
            // Whom to dial may depend on how long somebody has been down.
            perform { redirect(&$0, now) }
        }
        loop.scheduleTask(in: interval) { self.tick(interval) }
    }

    /// Says who this member is and whom it is connected to, so that whoever reaches one member finds the others.
    func describe(to connections: [MeshConnection]) {
        let others = state.withLock { state in
            state.connections.values.filter { connection in
                connection.peer.map { state.detector.standing(of: $0.member) == .up } ?? false
            }
        }.compactMap { connection in connection.described.withLock { $0 } }
        let me = me
        for connection in connections where connection.features.contains(.membership) {
            let known = [me] + others.filter { $0.id != connection.peer?.member }
            connection.channel.eventLoop.execute {
                let limit = min(connection.payloadLimit, 256 * 1024)
                connection.write(DetectorFrame.peers(known).encode(limit: limit))
            }
        }
    }

    func learn(_ members: [Member], from peer: MemberID, on connection: MeshConnection) {
        // It speaks for itself first.
        guard let itself = members.first, itself.id == peer else { return }
        connection.described.withLock { $0 = itself }
        let now = ContinuousClock.now
        advance { state in
            state.detector.standing(of: peer) == nil
                ? [] : state.detector.named(members.dropFirst().map(\.id), now: now)
        }
        report(.named(by: peer, members))
    }

    /// How each connection in use is.
    var connectionStatuses: [MemberID: ConnectionStatus] {
        let uptime = NIODeadline.now().uptimeNanoseconds
        let connections = state.withLock { Array($0.connections.values) }
        let statuses = connections.filter(\.isOpen).compactMap { connection in
            connection.peer.map { peer in
                let heard = connection.heard.load(ordering: .relaxed)
                return (
                    peer.member,
                    ConnectionStatus(
                        silence: .nanoseconds(Int64(clamping: uptime - min(heard, uptime))),
                        roundTrip: connection.roundTrip)
                )
            }
        }
        return Dictionary(statuses) { first, _ in first }
    }
}
