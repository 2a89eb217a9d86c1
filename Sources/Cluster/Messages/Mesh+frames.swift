internal import NIOCore

extension Mesh {
    /// The frames about messages that are not messages. On the connection's event loop.
    func receive(_ frame: Frame, on connection: MeshConnection) -> Bool {
        if let frame = DetectorFrame(frame) {
            receive(frame, on: connection)
            return true
        }
        guard let peer = connection.peer else { return false }
        switch FrameType(rawValue: frame.type) {
        case .cancel:
            let call = Delivery.CallKey(connection: connection.number, number: frame.correlation)
            if services.cancel(call, String(buffer: frame.payload)) { meter.count { $0.callsCancelled += 1 } }
        case .spawn:
            spawned(frame, by: peer.member, roles: peer.allRoles) { connection.reply(frame.correlation, $0) }
        default:
            return receive(frame, from: peer.member, roles: peer.allRoles)
        }
        return true
    }

    /// What needs no answer on the same connection, and may come from this member itself.
    func receive(_ frame: Frame, from peer: MemberID, roles: [MemberRole]) -> Bool {
        switch FrameType(rawValue: frame.type) {
        case .exit: tasks.cancel(frame.correlation, by: peer)
        case .progress: monitors.progress(frame.correlation, from: peer, Array(frame.payload.readableBytesView))
        case .monitor, .demonitor: watched(frame, by: peer)
        case .down:
            guard let down = frame.downReason else {
                meter.count { $0.malformedMessages += 1 }
                return true
            }
            monitors.down(frame.correlation, from: peer, down.reason, down.result)
        case .group: if !groups.receive(frame, from: peer) { meter.count { $0.malformedMessages += 1 } }
        case .publish: published(frame, by: peer, roles: roles)
        default: return false
        }
        return true
    }

    private func watched(_ frame: Frame, by peer: MemberID) {
        var payload = frame.payload
        guard let task = payload.readInteger(as: UInt64.self) else {
            return meter.count { $0.malformedMessages += 1 }
        }
        let watcher = TaskLedger.Watcher(member: peer, reference: frame.correlation)
        if frame.type == FrameType.demonitor.rawValue {
            tasks.unwatch(task, watcher)
        } else if let notice = tasks.watch(task, watcher) {
            tell(notice)
        }
    }
}
