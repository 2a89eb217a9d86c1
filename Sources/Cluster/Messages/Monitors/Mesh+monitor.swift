internal import NIOCore
import Synchronization

extension Mesh {
    /// Watches a life of a member: one reason comes when it is gone for good (`nodeDown`) or said goodbye (`left`). Of
    /// a member nobody knows, `noproc` comes at once.
    ///
    /// Throws `MeshError.overloaded` beyond `MeshConfiguration.maximumMonitors`.
    public func monitor(_ member: MemberID) throws(MeshError) -> MeshMonitor {
        let monitor = try watch(.member(member), member, task: nil)
        // Looked at only now, so that an end in between is not missed.
        if let reason = reasonGone(member) { monitors.memberEnded(member, reason) }
        return monitor
    }

    /// Watches a task of a member: one reason comes when it ends or its member does; at once when it has ended already,
    /// `noproc` when that is too long ago to be known.
    ///
    /// Throws `MeshError`: `unsupported` by an older peer, `notConnected`, `overloaded`.
    public func monitor(_ task: MeshTaskID) throws(MeshError) -> MeshMonitor {
        if task.member.name != me.name {
            guard try connection(to: task.member.name, task.member.incarnation).features.contains(.tasks) else {
                throw .unsupported
            }
        }
        return try watch(.task(task), task.member, task: task.number)
    }

    private func watch(
        _ target: MeshMonitor.Target, _ member: MemberID, task: UInt64?
    ) throws(MeshError) -> MeshMonitor {
        let (down, continuation) = AsyncStream.makeStream(of: DownReason.self)
        let reference = try monitors.add(
            MonitorTable.Entry(
                target: member, task: task,
                onDown: { reason, _ in
                    continuation.yield(reason)
                    continuation.finish()
                }, onClose: { continuation.finish() }))
        if let task { tell(.monitor(reference, task: task, isSpawner: false), to: member) }
        return MeshMonitor(target: target, down: down) { [weak self] in
            guard let self, self.monitors.remove(reference) != nil else { return }
            continuation.finish()
            if let task { self.tell(.demonitor(reference, task: task), to: member) }
        }
    }

    /// Sends what the mesh has to say to a life of a member, itself included. When it is not connected nothing happens:
    /// all that matters is told anew on the next connection.
    func tell(_ frame: Frame, to member: MemberID) {
        if member.name == me.name {
            // Also from an earlier life: what it began goes on.
            _ = receive(frame, from: member, roles: me.roles)
        } else if let connection = try? connection(to: member.name, member.incarnation) {
            connection.tell(frame)
        }
    }
}

extension Frame {
    static func monitor(_ reference: UInt64, task: UInt64, isSpawner: Bool) -> Frame {
        var payload = ByteBuffer(integer: task)
        payload.writeInteger(UInt8(isSpawner ? 1 : 0))
        return Frame(.monitor, flags: .optional, correlation: reference, payload: payload)
    }

    static func demonitor(_ reference: UInt64, task: UInt64) -> Frame {
        Frame(.demonitor, flags: .optional, correlation: reference, payload: ByteBuffer(integer: task))
    }

    /// u8 reason | u16 code | a result or a message.
    static func down(_ reference: UInt64, _ reason: DownReason, _ result: [UInt8]) -> Frame {
        var payload = ByteBuffer()
        let (kind, code): (UInt8, UInt16) =
            switch reason {
            case .normal: (0, 0)
            case .error(let code, _): (1, code)
            case .noproc: (2, 0)
            case .nodeDown: (3, 0)
            case .left: (4, 0)
            }
        payload.writeInteger(kind)
        payload.writeInteger(code)
        if case .error(_, let message) = reason {
            payload.writeString(PlainText.line(message, limit: 1024))
        } else {
            payload.writeBytes(result)
        }
        return Frame(.down, flags: .optional, correlation: reference, payload: payload)
    }

    /// What a DOWN says; nil when it cannot be read.
    var downReason: (reason: DownReason, result: [UInt8])? {
        var payload = payload
        guard let kind = payload.readInteger(as: UInt8.self), let code = payload.readInteger(as: UInt16.self) else {
            return nil
        }
        switch kind {
        case 0: return (.normal, Array(payload.readableBytesView))
        case 1: return (.error(code: code, message: PlainText.line(String(buffer: payload), limit: 1024)), [])
        case 2: return (.noproc, [])
        case 3: return (.nodeDown, [])
        case 4: return (.left, [])
        default: return nil
        }
    }
}
