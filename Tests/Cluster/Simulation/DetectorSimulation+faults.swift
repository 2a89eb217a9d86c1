@testable import RoostCluster

/// What goes wrong, and what must not.
extension DetectorSimulation {
    /// For how long after a trouble a silence may still be counted as its consequence.
    static let aftermath: Milliseconds = 35_000

    mutating func inject() {
        guard now < faultsEnd else { return }
        queue.add(.fault, at: now + chance(500..<4000))
        let (one, other) = (chance(0..<count), chance(0..<count))
        guard one != other, !nodes[one].isDead else { return }
        switch chance(0..<100) {
        case 0..<30:
            for end in [one * count + other, other * count + one] where links[end] != 0 {
                let (node, peer) = (end / count, end % count)
                queue.add(.closeSeen(node, peer, number: links[end]), at: now + delay())
            }
        case 30..<45: cut(one, other, bothWays: true)
        case 45..<55: cut(one, other, bothWays: false)
        case 55..<72: pause(one, chance(500..<3000))
        case 72..<75: deceive(one)
        case 75..<82: pause(one, chance(10_000..<20_000))
        case 82..<88: split(chance(5000..<20_000))
        case 88..<93: registryDownUntil = now + chance(5000..<30_000)
        // Enough stay alive to be witnesses.
        default: if nodes.count(where: { !$0.isDead }) > count / 2 + 3 { kill(one) }
        }
    }

    private mutating func cut(_ one: Int, _ other: Int, bothWays: Bool) {
        let until = min(faultsEnd, now + chance(1000..<20_000))
        cutUntil[one * count + other] = until
        if bothWays { cutUntil[other * count + one] = until }
    }

    private mutating func pause(_ node: Int, _ duration: Milliseconds) {
        guard nodes[node].pausedUntil <= now else { return }
        nodes[node].pausedUntil = min(faultsEnd, now + duration)
        nodes[node].lastAwake = nodes[node].pausedUntil
        nodes[node].troubledAt = now
    }

    /// All its connections are reset, and whomever it dials refuses.
    private mutating func deceive(_ node: Int) {
        guard deceived.until <= now else { return }
        deceived = (node, min(faultsEnd, now + 3000))
        for other in 0..<count where other != node {
            for (end, peer) in [(node, other), (other, node)] where links[end * count + peer] != 0 {
                queue.add(.closeSeen(end, peer, number: links[end * count + peer]), at: now + 1)
            }
        }
    }

    private mutating func split(_ duration: Milliseconds) {
        guard splitUntil <= now else { return }
        splitUntil = min(faultsEnd, now + duration)
        for node in 0..<count { sides[node] = chance(0..<100) < 30 ? 1 : 0 }
        for node in 0..<count where nodes[node].troubledAt < splitUntil { nodes[node].troubledAt = splitUntil }
    }

    mutating func kill(_ node: Int) {
        guard !nodes[node].isDead else { return }
        nodes[node].isDead = true
        nodes[node].diedAt = now
        nodes[node].troubledAt = .max / 2
        for other in 0..<count where other != node { close(node, other) }
    }

    mutating func note(_ verdict: FailureDetector.Verdict, at node: Int) {
        guard case .down(let id, let proof) = verdict else { return }
        let other = index(id)
        nodes[node].downs[id] = now
        switch proof {
        case .refused:
            if !nodes[other].isDead { violation("\(node) took the living \(other) for dead") }
        case .replaced:
            if nodes[other].id == id { violation("\(node) replaced \(other), which is the same") }
        case .silence:
            silentDowns += 1
            // Two that are awake and on one side reach each other through others, whatever is cut between them.
            let excused = [node, other].contains { nodes[$0].troubledAt > now - Self.aftermath }
            if !excused { violation("\(node) gave up \(other), which was there") }
        }
    }

    mutating func violation(_ text: String) {
        if violations.count < 10 { violations.append("seed \(seed), \(count) nodes, at \(now) ms: \(text)") }
    }

    /// All that live see all that live, and nobody who does not.
    mutating func checkViews() {
        for (number, node) in nodes.enumerated() where !node.isDead {
            for (otherNumber, other) in nodes.enumerated() where number != otherNumber {
                let standing = node.detector.peers[other.id]?.standing
                if other.isDead {
                    let isKnown = node.detector.peers[other.id.name]?.wasReached ?? false
                    if isKnown { violation("\(number) still counts on the dead \(otherNumber)") }
                } else if standing != .up {
                    violation("\(number) sees the living \(otherNumber) as \(String(describing: standing))")
                }
            }
        }
    }
}
