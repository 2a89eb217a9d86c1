/// What connections and dials say.
extension FailureDetector {
    /// A proved connection stands.
    mutating func connected(_ id: MemberID, now: Instant) -> [Directive] {
        guard id.name != me.name else { return [] }
        var directives: [Directive] = []
        if let known = peers[id.name], known.id != id { directives += replace(known, now) }
        guard peers[id] != nil || peers.count < maximumPeers else { return directives }
        var peer = peers[id] ?? MonitoredPeer(id: id, now: now)
        let before = peer.standing
        peer.standing = .up
        peer.isConnected = true
        peer.heard = now
        (peer.vouched, peer.probe) = (nil, nil)
        (peer.isSilent, peer.isReset, peer.isRefused, peer.hasFailed) = (false, false, false, false)
        peer.witnesses = [:]
        let wasReached = peer.wasReached
        peer.wasReached = true
        peers.put(peer)
        if !wasReached { return directives + [.report(.reached(id))] }
        return before == .up ? directives : directives + [.report(.alive(id, indirectly: false))]
    }

    /// The last frame came then.
    mutating func heard(_ id: MemberID, at instant: Instant) {
        guard let place = peers.place(of: id) else { return }
        peers.update(at: place) { $0.heard = max($0.heard, instant) }
    }

    /// Its connection ended, and it had not said goodbye.
    mutating func closed(_ id: MemberID, now: Instant) -> [Directive] {
        guard let place = peers.place(of: id), peers.all[place].isConnected else { return [] }
        return peers.update(at: place) { peer in
            peer.isConnected = false
            (peer.isReset, peer.isRefused) = (true, false)
            guard peer.standing == .up else { return [] }
            peer.standing = .suspect(since: now)
            peer.isSilent = false
            return [.report(.suspect(id))]
        }
    }

    /// A dial did not come through; `isRefused`: nothing listens there.
    mutating func dialFailed(_ name: MemberName, isRefused: Bool, now: Instant) -> [Directive] {
        guard let id = peers[name]?.id, let place = peers.place(of: id), !peers.all[place].isConnected else {
            return []
        }
        if peers.all[place].standing == .unreached {
            let recently = now - configuration.exchangeInterval * 2
            let (isFirst, wasNamed) = peers.update(at: place) { peer in
                peer.isRefused = isRefused
                defer { peer.hasFailed = true }
                return (!peer.hasFailed, peer.vouched.map { $0 > recently } ?? false)
            }
            if wasNamed { return vouch(at: place, now) }
            return isFirst ? [.report(.unreached(id))] : []
        }
        guard isRefused, peers.all[place].isReset else { return [] }
        peers.update(at: place) { $0.isRefused = true }
        let others = peers.all.filter { $0.isConnected && $0.id != id }.map(\.id)
        return (others.isEmpty ? [] : [.testify(id, to: others)]) + judge(id, now)
    }

    /// It leaves of its own will.
    mutating func goodbye(_ id: MemberID, now: Instant) -> [Directive] {
        guard peers[id] != nil else { return [] }
        peers.remove(id.name)
        tombstones.add(id, .left, now: now)
        return [.report(.left(id))]
    }

    /// Somebody else proved that its process is gone.
    mutating func condemned(_ id: MemberID, now: Instant) -> [Directive] {
        guard id != me, tombstones[id]?.reason != .down(.refused) else { return [] }
        if peers[id] != nil { return declareDown(id, .refused, now) }
        tombstones.add(id, .down(.refused), now: now)
        return []
    }
}
