import Logging
internal import NIOCore
import Synchronization

extension Mesh: MeshConnectionOwner {
    /// Takes a connection from the listener, unless too many are unproved already.
    func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
        let hasRoom = state.withLock { state in
            guard !state.isStopped, state.unproved < configuration.maximumUnauthenticated else { return false }
            state.unproved += 1
            return true
        }
        guard hasRoom else {
            reject(.busy)
            return channel.close()
        }
        return attach(channel, .acceptor, dialled: nil)
    }

    /// Changes the state and does what the machine wants done.
    func perform(_ step: (inout State) -> [MeshMachine.Directive]) {
        let directives = state.withLock { $0.isStopped ? [] : step(&$0) }
        for directive in directives {
            switch directive {
            case .dial(let member): dial(member)
            case .retry(let name, let after):
                group.next().scheduleTask(in: TimeAmount(after)) { self.perform { $0.machine.retryDue(name) } }
            }
        }
    }

    private func dial(_ member: Member) {
        MeshDialer.dial(
            host: member.host, port: member.meshPort, timeout: configuration.connectTimeout, eventLoopGroup: group
        ) { channel in
            self.attach(channel, .initiator, dialled: member.name)
        }.whenFailure { error in
            self.logger.debug("dial failed", metadata: ["member": "\(member.id)", "error": "\(error)"])
            let isRefused = MeshDialer.isRefusal(error)
            var detected: [FailureDetector.Directive] = []
            self.perform { state in
                detected = state.detector.dialFailed(member.name, isRefused: isRefused, now: .now)
                return state.machine.dialFailed(member.name, luck: .random(in: 0...1))
            }
            self.follow(detected)
        }
    }

    private func attach(
        _ channel: any Channel, _ side: HandshakeMachine.Side, dialled: MemberName?
    ) -> EventLoopFuture<Void> {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let connection = MeshConnection(
            number: number, side: side, dialled: dialled, channel: channel, configuration: configuration, meter: meter)
        let isWelcome = state.withLock { state in
            if !state.isStopped { state.opening[number] = connection }
            return !state.isStopped
        }
        guard isWelcome else { return channel.close() }
        let hello = Hello(
            cluster: configuration.cluster, member: me.id, roles: me.roles, features: configuration.features.rawValue,
            maximumPayload: UInt32(clamping: min(configuration.maximumPayload, Frame.hardLimit)),
            nonce: Hello.freshNonce())
        return channel.eventLoop.makeCompletedFuture {
            let handshake = HandshakeMachine(
                side: side, hello: hello, cookies: self.configuration.cookies, expected: dialled)
            if let tls = self.tls { try channel.pipeline.syncOperations.addHandler(tls.handler(side)) }
            try channel.pipeline.syncOperations.addHandler(
                MeshConnectionHandler(connection, owner: self, tls: self.tls) { _ in handshake })
        }
    }

    func admit(_ connection: MeshConnection, _ peer: Hello) -> HandshakeReject? {
        var detected: [FailureDetector.Directive] = []
        let (refusal, replaced): (HandshakeReject?, MeshConnection?) = state.withLock { state in
            if state.isStopped { return (.closed, nil) }
            if let refusal = state.detector.refusal(of: peer.member) { return (refusal, nil) }
            let admission = state.machine.admit(
                peer.member, connection: connection.number, initiatedByMe: connection.side == .initiator, now: .now)
            switch admission {
            case .reject(let reason): return (reason, nil)
            case .accept(let old):
                state.opening[connection.number] = nil
                state.connections[connection.number] = connection
                state.links[peer.member.name] = connection
                if connection.side == .acceptor { state.unproved -= 1 }
                if MeshFeatures(rawValue: peer.features).contains(.membership) || state.targets[peer.member] != nil {
                    detected = state.detector.connected(peer.member, now: .now)
                }
                return (nil, old.flatMap { state.connections[$0] })
            }
        }
        replaced?.close()
        follow(detected)
        if let old = replaced?.peer?.member, old != peer.member { subscribers.publish([.disconnected(old)]) }
        return refusal
    }

    func opened(_ connection: MeshConnection) {
        guard let peer = connection.peer?.member else { return }
        logger.debug("peer connected", metadata: ["member": "\(peer)"])
        connected(connection)
        subscribers.publish([.connected(peer)])
        describe(to: [connection])
    }

    func ended(_ connection: MeshConnection, _ reason: HandshakeReject?) {
        if let reason { reject(reason) }
        var lost: MemberID?
        var isClient = false
        var detected: [FailureDetector.Directive] = []
        perform { state in
            state.opening[connection.number] = nil
            let wasAdmitted = state.connections.removeValue(forKey: connection.number) != nil
            if wasAdmitted {
                let (member, directives) = state.machine.closed(
                    connection.number, now: .now, luck: .random(in: 0...1))
                lost = member
                if let member {
                    state.links[member.name] = nil
                    isClient = !state.detector.knows(member)
                    detected = state.detector.closed(member, now: .now)
                }
                return directives
            }
            if connection.side == .acceptor { state.unproved -= 1 }
            if let name = connection.dialled, reason != .duplicate {
                detected = state.detector.dialFailed(name, isRefused: false, now: .now)
            }
            return connection.dialled.map { state.machine.dialFailed($0, luck: .random(in: 0...1)) } ?? []
        }
        follow(detected)
        guard let lost else { return }
        // It will not come back under this name.
        if isClient { memberEnded(lost, .nodeDown) }
        logger.debug("peer disconnected", metadata: ["member": "\(lost)"])
        subscribers.publish([.disconnected(lost)])
    }

    func receive(_ deliveries: [Delivery]) -> [(Delivery, MeshError)] {
        let refused = services.deliver(deliveries)
        for (_, refusal) in refused where refusal == .forbidden { meter.count { $0.forbidden += 1 } }
        return refused
    }

    private func reject(_ reason: HandshakeReject) {
        meter.count { $0.rejected[reason, default: 0] += 1 }
        // Once a reason: strangers must not fill the log.
        if meter.snapshot.rejected[reason] == 1, reason != .duplicate, reason != .closed {
            logger.notice("mesh connection refused", metadata: ["reason": "\(reason)"])
        }
    }
}
