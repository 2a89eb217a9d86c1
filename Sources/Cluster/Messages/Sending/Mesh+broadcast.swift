import Synchronization

/// Whom a message for many was queued for, and whom not.
///
/// Reached means queued here for a member that is connected: whether it arrives is not known.
public struct MeshBroadcast: Sendable, Hashable {
    /// In name order.
    public internal(set) var reached: [MemberID] = []
    /// With the reason for each.
    public internal(set) var unreached: [MemberID: MeshError] = [:]

    mutating func note(_ member: MemberID, _ attempt: () throws(MeshError) -> Void) {
        do {
            try attempt()
            reached.append(member)
        } catch {
            unreached[member] = error
        }
    }
}

extension Mesh {
    /// Sends a message to a service of all other members, or of those that have one of `roles`. Never waits: a member
    /// with too much waiting for it is skipped and counted.
    @discardableResult
    public func broadcast(_ service: String, _ body: [UInt8] = [], roles: [MemberRole]? = nil) -> MeshBroadcast {
        var outcome = MeshBroadcast()
        for (member, connection) in others(roles) {
            outcome.note(member) { () throws(MeshError) in
                guard let connection else { throw .notConnected }
                try connection.cast(service, body)
            }
        }
        count(outcome)
        return outcome
    }

    /// The same with a value as JSON. Throws `MeshError.undecodable` when it cannot be written.
    @discardableResult
    public func broadcast(
        _ service: String, encoding message: some Encodable, roles: [MemberRole]? = nil
    ) throws(MeshError) -> MeshBroadcast {
        broadcast(service, try JSONBody.encode(message), roles: roles)
    }

    /// Asks a service of several members at once and waits for all replies, or the one time limit.
    ///
    /// - Parameters:
    ///   - members: Whom to ask; nil: all others, or those that have one of `roles`.
    ///   - timeout: How long to wait for all; nil: the configuration's default.
    ///
    /// Cancelling the task cancels the handlers; what has not answered then is `cancelled`.
    public func multicall(
        _ service: String, _ body: [UInt8] = [], members: [MemberID]? = nil, roles: [MemberRole]? = nil,
        timeout: Duration? = nil
    ) async -> [MemberID: Result<[UInt8], MeshError>] {
        let members = members ?? others(roles).map(\.member)
        let timeout = limit(timeout)
        return await withTaskGroup(of: (MemberID, Result<[UInt8], MeshError>).self) { group in
            for member in Set(members) {
                group.addTask { (member, await self.answer(member, service, body, timeout)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// The same with values as JSON. Throws `MeshError.undecodable` when the request cannot be written; a reply that
    /// cannot be read is that member's `undecodable`.
    public func multicall<Reply: Decodable & Sendable>(
        _ service: String, encoding request: some Encodable, as reply: Reply.Type, members: [MemberID]? = nil,
        roles: [MemberRole]? = nil, timeout: Duration? = nil
    ) async throws(MeshError) -> [MemberID: Result<Reply, MeshError>] {
        let body = try JSONBody.encode(request)
        return await multicall(service, body, members: members, roles: roles, timeout: timeout).mapValues { answer in
            do throws(MeshError) {
                return .success(try JSONBody.decode(reply, try answer.get()))
            } catch {
                return .failure(error)
            }
        }
    }

    /// All other members with their connections, in name order.
    func others(_ roles: [MemberRole]?) -> [(member: MemberID, connection: MeshConnection?)] {
        let (connections, targets) = state.withLock { state in
            (state.connections.values.filter(\.isOpen), state.targets.values.filter { $0.name != me.name })
        }
        var others: [MemberID: (roles: [MemberRole], connection: MeshConnection?)] = [:]
        for target in targets { others[target.id] = (target.roles, nil) }
        for connection in connections {
            if let peer = connection.peer { others[peer.member] = (peer.allRoles, connection) }
        }
        return others.filter { _, other in roles.map { !Set($0).isDisjoint(with: other.roles) } ?? true }
            .map { ($0.key, $0.value.connection) }
            .sorted { $0.member < $1.member }
    }

    func count(_ outcome: MeshBroadcast) {
        let dropped = outcome.unreached.values.count { $0 == .overloaded }
        if dropped > 0 { meter.count { $0.broadcastsDropped += dropped } }
    }

    private func answer(
        _ member: MemberID, _ service: String, _ body: [UInt8], _ timeout: Duration
    ) async -> Result<[UInt8], MeshError> {
        do throws(MeshError) {
            return .success(
                try await call(
                    member.name, service, body, incarnation: member.incarnation, timeout: timeout))
        } catch {
            return .failure(error)
        }
    }
}
