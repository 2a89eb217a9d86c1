/// Asking others about a member this one cannot hear, and being asked.
extension FailureDetector {
    /// A question about `peer`, when it is time for one and there is somebody to ask.
    mutating func probe(at place: Int, _ now: Instant) -> [Directive] {
        let target = peers.all[place]
        if let last = target.probe, now - last.at < configuration.probeTimeout { return [] }
        let able = peers.all.filter { $0.isConnected && $0.standing == .up && $0.id != target.id }
        guard !able.isEmpty, configuration.probers > 0 else { return [] }
        lastProbe &+= 1
        let number = lastProbe
        peers.update(at: place) { $0.probe = (number, now) }
        // Others each time: one that has the same trouble does not stay the only one asked.
        let start = Int(number % UInt64(able.count))
        let via = (0..<min(able.count, configuration.probers)).map { able[(start + $0) % able.count].id }
        return [.probe(target.id, number: number, via: via)]
    }

    /// Somebody reaches `target`.
    mutating func acknowledged(_ target: MemberID, number: UInt64, now: Instant) -> [Directive] {
        guard let place = peers.place(of: target), peers.all[place].probe?.number == number else { return [] }
        return vouch(at: place, now)
    }

    /// A member said that it is connected to these. That makes one known that was never reached here; to clear a
    /// suspicion it is too old.
    mutating func named(_ ids: [MemberID], now: Instant) -> [Directive] {
        var directives: [Directive] = []
        for id in ids {
            guard let place = peers.place(of: id), peers.all[place].standing == .unreached else { continue }
            // Until a dial has failed it is about to be reached.
            if peers.all[place].hasFailed {
                directives += vouch(at: place, now)
            } else {
                peers.update(at: place) { $0.vouched = now }
            }
        }
        return directives
    }

    mutating func vouch(at place: Int, _ now: Instant) -> [Directive] {
        peers.update(at: place) { peer in
            peer.vouched = now
            switch peer.standing {
            case .up, .indirect: return []
            case .suspect, .unreached:
                peer.standing = .indirect(since: now)
                return [.report(.alive(peer.id, indirectly: true))]
            }
        }
    }

    /// `asker` wants to know whether `target` is reached from here. It is pinged, and the answer given when it is next
    /// heard.
    mutating func probed(by asker: MemberID, _ target: MemberID, number: UInt64, now: Instant) -> [Directive] {
        guard peers[asker] != nil, peers[target]?.isConnected == true, requests.count < Self.maximumRequests else {
            return []
        }
        requests.append(Request(asker: asker, target: target, number: number, at: now))
        return [.ping(target)]
    }

    mutating func answerRequests(_ now: Instant) -> [Directive] {
        guard !requests.isEmpty else { return [] }
        var directives: [Directive] = []
        var open: [Request] = []
        for request in requests {
            guard let target = peers[request.target], target.isConnected else { continue }
            if target.heard > request.at {
                directives.append(.acknowledge(request.target, number: request.number, asker: request.asker))
            } else if now - request.at <= configuration.probeTimeout {
                open.append(request)
            }
        }
        requests = open
        return directives
    }
}
