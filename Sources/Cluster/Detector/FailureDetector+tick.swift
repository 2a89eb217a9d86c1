/// What time says.
extension FailureDetector {
    /// Call it once before the first `tick`: a process may sleep before that, too.
    mutating func start(now: Instant) {
        lastTick = now
    }

    /// Call it each interval, after `heard` for all who were.
    mutating func tick(now: Instant) -> [Directive] {
        defer { lastTick = now }
        tombstones.purge(now: now)
        if let lastTick, now - lastTick > configuration.interval * 3 {
            wakeUp(now)
            return []
        }
        health.improve(now: now, every: configuration.recovery)
        var directives = answerRequests(now)
        var silent: [MemberID] = []
        for place in 0..<peers.count {
            let (more, isGone) = look(at: place, now)
            directives += more
            if isGone { silent.append(peers.all[place].id) }
        }
        for id in silent { directives += declareDown(id, .silence, now) }
        return directives
    }

    /// This process slept, so the silence may be its own: everybody gets a fresh start, nobody is accused.
    private mutating func wakeUp(_ now: Instant) {
        health.worsen(now: now)
        requests = []
        for place in 0..<peers.count {
            peers.update(at: place) { peer in
                peer.heard = now
                if peer.vouched != nil { peer.vouched = now }
                if case .suspect = peer.standing { peer.standing = .suspect(since: now) }
                peer.probe = nil
            }
        }
    }

    /// Looks at one member. `isGone`: it has been silent for too long.
    private mutating func look(at place: Int, _ now: Instant) -> ([Directive], isGone: Bool) {
        let peer = peers.all[place]
        switch peer.standing {
        case .unreached: return ([], false)
        case .up:
            guard now - peer.heard > patience else { return ([], false) }
            return (suspect(at: place, now) + probe(at: place, now), false)
        case .suspect(let since):
            if peer.isConnected, peer.heard > since { return (clear(at: place, now), false) }
            let isGone = now - since >= configuration.grace && now - peer.lastSign >= patience + configuration.grace
            if isGone, peer.wasReached { return ([], true) }
            if isGone { return (forget(at: place), false) }
            return (probe(at: place, now), false)
        case .indirect(let since):
            if peer.isConnected, peer.heard > since { return (clear(at: place, now), false) }
            guard now - peer.lastSign > patience else { return (probe(at: place, now), false) }
            return (suspect(at: place, now) + probe(at: place, now), false)
        }
    }

    private mutating func suspect(at place: Int, _ now: Instant) -> [Directive] {
        peers.update(at: place) { peer in
            peer.standing = .suspect(since: now)
            peer.isSilent = true
            return [.report(.suspect(peer.id))]
        }
    }

    /// It is heard again.
    private mutating func clear(at place: Int, _ now: Instant) -> [Directive] {
        // A suspicion that only silence spoke for was wrong, and may have been this process's fault.
        if case .suspect = peers.all[place].standing, peers.all[place].isSilent { health.worsen(now: now) }
        return peers.update(at: place) { peer in
            peer.standing = .up
            (peer.isSilent, peer.vouched, peer.probe) = (false, nil, nil)
            return [.report(.alive(peer.id, indirectly: false))]
        }
    }

    /// It was only ever heard of: there is no life here to end.
    private mutating func forget(at place: Int) -> [Directive] {
        peers.update(at: place) { peer in
            peer.standing = .unreached
            (peer.vouched, peer.probe, peer.hasFailed) = (nil, nil, true)
            return [.report(.unreached(peer.id))]
        }
    }
}
