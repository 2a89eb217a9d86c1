internal import NIOCore
import Synchronization

/// A place in a group, until it is left.
public final class MeshSubscription: Sendable {
    /// The group joined.
    public let group: String
    private let onLeave: @Sendable () -> Void

    init(group: String, onLeave: @escaping @Sendable () -> Void) {
        self.group = group
        self.onLeave = onLeave
    }

    /// Leaves the group: nothing new comes, what waits is still handled. May be repeated.
    public func leave() {
        onLeave()
    }
}

extension Mesh {
    /// Joins a group: what is published in it comes to `handler`, one after the other, in the order each sender
    /// published. All members see this one in the group until it leaves or is gone; a part of this process may join
    /// a group that another is in already, and both get everything.
    ///
    /// Throws `MeshError`: `invalid` for an unusable name (1 to 64 bytes of printable ASCII without spaces),
    /// `overloaded` beyond `MeshConfiguration.maximumGroups`. Errors of the handler are dropped.
    public func join(
        _ group: String, handler: @escaping @Sendable (MeshMessage) async throws -> Void
    ) throws(MeshError) -> MeshSubscription {
        guard MessageBody.isService(group) else { throw .invalid("group name") }
        let mailbox = services.mailbox(group, roles: nil, concurrency: 1) { message in
            try await handler(message)
            return nil
        }
        let number = try groups.join(mailbox)
        services.start(mailbox)
        return MeshSubscription(group: group) { [groups] in groups.leave(group, number) }
    }

    /// Who is in a group, in name order. Soon the same at all members that are connected.
    public func members(of group: String) -> [MemberID] {
        (groups.others(in: group) + (groups.hasJoined(group) ? [me.id] : [])).sorted()
    }

    /// All groups somebody is in, sorted.
    public var groupNames: [String] { groups.names }

    /// Sends a message to all members of a group, this one included if it is in it. Never waits: a member with too much
    /// waiting for it is skipped and counted.
    @discardableResult
    public func publish(_ group: String, _ body: [UInt8] = []) -> MeshBroadcast {
        var outcome = MeshBroadcast()
        if groups.hasJoined(group) {
            deliver(
                MeshMessage(sender: me.id, roles: me.roles, service: group, body: body, isCall: false))
            outcome.note(me.id) { () throws(MeshError) in }
        }
        for member in groups.others(in: group) {
            outcome.note(member) { () throws(MeshError) in
                try connection(to: member.name, member.incarnation).publish(group, body)
            }
        }
        outcome.reached.sort()
        count(outcome)
        return outcome
    }

    /// The same with a value as JSON. Throws `MeshError.undecodable` when it cannot be written.
    @discardableResult
    public func publish(_ group: String, encoding message: some Encodable) throws(MeshError) -> MeshBroadcast {
        publish(group, try JSONBody.encode(message))
    }

    /// Somebody published a message.
    func published(_ frame: Frame, by peer: MemberID, roles: [MemberRole]) {
        guard let body = MessageBody(decoding: frame.payload) else {
            return meter.count { $0.malformedMessages += 1 }
        }
        deliver(MeshMessage(sender: peer, roles: roles, service: body.service, body: body.body, isCall: false))
    }

    private func deliver(_ message: MeshMessage) {
        for mailbox in groups.mailboxes(message.service) where !mailbox.deliver(Delivery(message)) {
            meter.count { $0.publicationsDropped += 1 }
        }
    }
}
