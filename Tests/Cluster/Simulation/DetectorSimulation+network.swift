@testable import RoostCluster

/// What connections, dials and frames do.
extension DetectorSimulation {
    /// Whether anything sent now from one to the other arrives.
    func carries(_ from: Int, _ to: Int) -> Bool {
        cutUntil[from * count + to] <= now && (splitUntil <= now || sides[from] == sides[to])
    }

    /// How long a packet takes: mostly little, now and then a lot.
    mutating func delay() -> Milliseconds {
        chance(0..<100) == 0 ? chance(50..<800) : chance(1..<20)
    }

    mutating func tick(_ node: Int) {
        queue.add(.tick(node), at: now + 500)
        for other in 0..<count where other != node && links[node * count + other] != 0 {
            let number = links[node * count + other]
            // The other end pings each second while it knows this connection; when, is drawn anew each time.
            guard links[other * count + node] == number, !nodes[other].isDead, nodes[other].pausedUntil <= now,
                carries(other, node)
            else { continue }
            let last = max(now - chance(0..<1000), nodes[other].lastAwake)
            nodes[node].detector.heard(nodes[other].id, at: instant(last))
        }
        perform(nodes[node].detector.tick(now: instant(now)), at: node)
    }

    /// The registry lists whoever lives, and for a while who died or froze.
    mutating func readRegistry(_ node: Int) {
        queue.add(.registry(node), at: now + chance(4000..<6000))
        guard registryDownUntil <= now else { return }
        var names: [Int: MemberID] = [:]
        for peer in nodes[node].detector.peers.all where peer.standing != .unreached { names[index(peer.id)] = peer.id }
        for other in 0..<count where other != node {
            let lastBeat = nodes[other].diedAt ?? (nodes[other].pausedUntil > now ? nodes[other].troubledAt : now)
            guard now - lastBeat < 15_000 else { continue }
            if let known = names[other], known.incarnation >= nodes[other].id.incarnation { continue }
            names[other] = nodes[other].id
        }
        let ids = names.sorted { $0.key < $1.key }.map(\.value)
        perform(nodes[node].detector.want(ids, now: instant(now)), at: node)
        let dialable = nodes[node].detector.dialable(ids, now: instant(now))
        for id in ids where dialable.contains(id) && !isDialling[node * count + index(id)] {
            redial(node, index(id), 0)
        }
    }

    /// 0, 100, 200, 400 ms and on, up to five seconds.
    mutating func redial(_ node: Int, _ other: Int, _ attempt: Int) {
        guard links[node * count + other] == 0, !isDialling[node * count + other] else { return }
        let peer = nodes[node].detector.peers[nodes[other].id.name]
        let isSplit = nodes[node].detector.refusal(of: nodes[other].id) != nil
        guard peer != nil || isSplit else { return }
        if peer == nil, nodes[node].detector.dialable([nodes[other].id], now: instant(now)).isEmpty { return }
        isDialling[node * count + other] = true
        let wait = attempt == 0 ? 0 : min(5000, 50 << min(attempt, 10)) * chance(50..<100) / 100
        queue.add(.dial(node, other, attempt: attempt), at: now + wait)
    }

    mutating func dial(_ node: Int, _ other: Int, _ attempt: Int) {
        let reaches = carries(node, other) && carries(other, node)
        let isDeceived = deceived.node == node && deceived.until > now
        if isDeceived || reaches && nodes[other].isDead {
            queue.add(.dialFailed(node, other, isRefused: true, attempt: attempt), at: now + delay())
        } else if reaches, nodes[other].pausedUntil <= now {
            queue.add(.dialled(node, other, attempt: attempt), at: now + delay())
        } else {
            queue.add(.dialFailed(node, other, isRefused: false, attempt: attempt), at: now + 2000)
        }
    }

    mutating func connect(_ node: Int, _ other: Int, _ attempt: Int) {
        isDialling[node * count + other] = false
        guard !nodes[other].isDead, nodes[other].pausedUntil <= now, carries(other, node), carries(node, other) else {
            return redial(node, other, attempt + 1)
        }
        if links[node * count + other] != 0, links[node * count + other] == links[other * count + node] { return }
        // The one that was dialled has the first word.
        switch nodes[other].detector.refusal(of: nodes[node].id) {
        case .fenced: return rejoin(node)
        case nil: break
        default: return redial(node, other, attempt + 1)
        }
        switch nodes[node].detector.refusal(of: nodes[other].id) {
        case .fenced: return rejoin(other)
        case nil: break
        default: return redial(node, other, attempt + 1)
        }
        lastLink += 1
        links[node * count + other] = lastLink
        links[other * count + node] = lastLink
        perform(nodes[node].detector.connected(nodes[other].id, now: instant(now)), at: node)
        perform(nodes[other].detector.connected(nodes[node].id, now: instant(now)), at: other)
    }

    /// One end closes; the other sees it if it can.
    mutating func close(_ node: Int, _ other: Int) {
        let number = links[node * count + other]
        guard number != 0 else { return }
        links[node * count + other] = 0
        if carries(node, other), links[other * count + node] == number {
            queue.add(.closeSeen(other, node, number: number), at: now + delay())
        }
    }

    mutating func rejoin(_ node: Int) {
        let id = MemberID(name: nodes[node].id.name, incarnation: nodes[node].id.incarnation + 1)
        for other in 0..<count where other != node { close(node, other) }
        nodes[node].id = id
        nodes[node].troubledAt = now
        nodes[node].detector.rejoin(as: id, now: instant(now))
        for other in 0..<count where other != node { redial(node, other, 0) }
    }

    mutating func send(_ frame: DetectorFrame, from node: Int, to id: MemberID) {
        let other = index(id)
        guard carries(node, other), links[node * count + other] != 0,
            links[node * count + other] == links[other * count + node]
        else { return }
        queue.add(.frame(frame, from: node, nodes[node].id, to: other, id), at: now + delay())
    }

    mutating func receive(_ frame: DetectorFrame, _ from: MemberID, at node: Int) {
        let time = instant(now)
        switch frame {
        case .witness(let target):
            perform(nodes[node].detector.testimony(of: from, about: target, now: time), at: node)
        case .probe(let target, let number):
            perform(nodes[node].detector.probed(by: from, target, number: number, now: time), at: node)
        case .acknowledge(let target, let number):
            perform(nodes[node].detector.acknowledged(target, number: number, now: time), at: node)
        case .fenced(let incarnation): if nodes[node].id.incarnation == incarnation { rejoin(node) }
        case .peers, .goodbye: break
        }
    }

    mutating func perform(_ directives: [FailureDetector.Directive], at node: Int) {
        for directive in directives {
            switch directive {
            case .report(let verdict): note(verdict, at: node)
            case .ping(let id):
                // Its PONG.
                let other = index(id)
                if carries(node, other), carries(other, node), !nodes[other].isDead, nodes[other].pausedUntil <= now,
                    links[node * count + other] == links[other * count + node]
                {
                    nodes[node].detector.heard(id, at: instant(now + 1))
                }
            case .probe(let target, let number, let via):
                for helper in via { send(.probe(target, number: number), from: node, to: helper) }
            case .acknowledge(let target, let number, let asker):
                send(.acknowledge(target, number: number), from: node, to: asker)
            case .testify(let target, let others): for id in others { send(.witness(target), from: node, to: id) }
            case .cut(let id):
                send(.fenced(incarnation: id.incarnation), from: node, to: id)
                close(node, index(id))
            }
        }
    }
}
