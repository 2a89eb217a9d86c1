/// What two members saw counts for more than what one did: a member that is cut off by something that answers in place
/// of the others (a firewall, a proxy) sees every port refuse.
extension FailureDetector {
    /// Another member saw `target` reset and refused.
    mutating func testimony(of witness: MemberID, about target: MemberID, now: Instant) -> [Directive] {
        guard witness != target, peers[witness]?.isConnected == true, let place = peers.place(of: target),
            !peers.all[place].isConnected
        else { return [] }
        peers.update(at: place) { peer in
            if peer.witnesses.count < Self.maximumWitnesses { peer.witnesses[witness] = now }
        }
        return judge(target, now)
    }

    /// Down, when enough saw it.
    mutating func judge(_ id: MemberID, _ now: Instant) -> [Directive] {
        guard let peer = peers[id], !peer.isConnected else { return [] }
        let others = peer.witnesses.values.count { now - $0 < configuration.testimonyLifetime }
        let own = peer.isReset && peer.isRefused ? 1 : 0
        guard others + own >= witnessesNeeded else { return [] }
        return declareDown(id, .refused, now)
    }

    /// One when there are only this member and the one in question.
    private var witnessesNeeded: Int {
        // An entry nobody ever reached, at a port that refuses, is what a crash left behind.
        let size = 1 + peers.all.count { !($0.standing == .unreached && $0.isRefused) }
        return size <= 2 ? 1 : 2
    }
}
