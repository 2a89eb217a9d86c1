internal import NIOCore
import Synchronization

/// The shell of the failure detector: frames in, directives out. All of it runs on event loops.
extension Mesh {
    func receive(_ frame: DetectorFrame, on connection: MeshConnection) {
        if case .fenced(let incarnation) = frame { return fenced(incarnation) }
        guard let peer = connection.peer?.member else { return }
        let now = ContinuousClock.now
        switch frame {
        case .fenced: break
        case .peers(let members): learn(members, from: peer, on: connection)
        case .witness(let target): advance { $0.detector.testimony(of: peer, about: target, now: now) }
        case .probe(let target, let number):
            advance { $0.detector.probed(by: peer, target, number: number, now: now) }
        case .acknowledge(let target, let number):
            advance { $0.detector.acknowledged(target, number: number, now: now) }
        case .goodbye:
            advance { $0.detector.goodbye(peer, now: now) }
            // The end of the connection tells the leaver that it was heard.
            connection.close()
        }
    }

    /// Changes the state and does what the detector wants done.
    func advance(_ step: (inout State) -> [FailureDetector.Directive]) {
        follow(state.withLock { $0.isStopped ? [] : step(&$0) })
    }

    func follow(_ directives: [FailureDetector.Directive]) {
        var hasEnded = false
        for directive in directives {
            switch directive {
            case .report(let verdict):
                if let (id, reason) = verdict.end {
                    hasEnded = true
                    memberEnded(id, reason)
                }
                report(.verdict(verdict))
            case .ping(let id): ping(id)
            case .probe(let target, let number, let via): send(.probe(target, number: number), to: via)
            case .acknowledge(let target, let number, let asker):
                send(.acknowledge(target, number: number), to: [asker])
            case .testify(let target, let others): send(.witness(target), to: others)
            case .cut(let id): cut(id)
            }
        }
        if hasEnded { perform { redirect(&$0, .now) } }
    }

    func report(_ report: MeshReport) {
        state.withLock { $0.report }?(report)
    }

    /// Whom to dial: the members wanted, without those whose life has ended.
    func redirect(_ state: inout State, _ now: ContinuousClock.Instant) -> [MeshMachine.Directive] {
        let dialable = state.detector.dialable(Array(state.targets.keys), now: now)
        return state.machine.want(state.targets.values.filter { dialable.contains($0.id) })
    }

    /// Sends past what waits to be sent: these frames are small, few, and of no use when they are late.
    private func send(_ frame: DetectorFrame, to members: [MemberID]) {
        for connection in connections(to: members) {
            connection.channel.eventLoop.execute { connection.write(frame.encode(limit: connection.payloadLimit)) }
        }
    }

    private func ping(_ id: MemberID) {
        for connection in connections(to: [id]) {
            connection.channel.eventLoop.execute { connection.writePing(0) }
        }
    }

    /// It learns of its end when the connection still carries that far.
    private func cut(_ id: MemberID) {
        for connection in connections(to: [id]) {
            connection.channel.eventLoop.execute {
                connection.write(DetectorFrame.fenced(incarnation: id.incarnation).encode())
                connection.close()
            }
        }
    }

    private func connections(to members: [MemberID]) -> [MeshConnection] {
        state.withLock { state in
            members.compactMap { id in
                state.machine.connection(to: id.name).flatMap { $0.peer == id ? state.connections[$0.number] : nil }
            }
        }
    }
}

extension FailureDetector.Verdict {
    /// Whose life has ended, and how.
    var end: (MemberID, DownReason)? {
        switch self {
        case .down(let id, _): (id, .nodeDown)
        case .left(let id): (id, .left)
        case .reached, .unreached, .suspect, .alive: nil
        }
    }
}
