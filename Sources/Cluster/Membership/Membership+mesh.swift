import Logging
import Synchronization

/// How membership and mesh work together: the mesh reports, and is told whom to know.
extension Membership {
    /// Whom the mesh should be connected to.
    var candidates: [Member] { machine.withLock { $0.candidates } }

    func link(_ link: MeshLink) {
        meshLink.withLock { $0 = link }
    }

    func part() {
        meshLink.withLock { $0 = nil }
    }

    func receive(_ report: MeshReport) {
        switch report {
        case .verdict(let verdict):
            if case .down(let id, .refused) = verdict { noteDeath(id) }
            advance { $0.onVerdict(verdict, now: .now) }
        case .named(let peer, let members): advance { $0.onNamed(by: peer, members, now: .now) }
        case .fenced(let incarnation): rejoin(from: incarnation)
        }
    }

    /// Takes in an answer of the registry, and tells the mesh who is dead.
    func hear(_ view: RegistryView) {
        advance { $0.onView(view, now: .now) }
        guard let mesh = meshLink.withLock({ $0 }) else { return }
        for id in view.deaths.keys { mesh.condemn(id) }
    }

    /// Ends that life of this member and begins the next; nothing when it has ended already.
    func rejoin(from incarnation: UInt64) {
        var lives: (Member, Member)?
        advance { machine in
            guard machine.me.incarnation == incarnation else { return [] }
            let next = machine.me.reborn()
            lives = (machine.me, next)
            return machine.rejoin(as: next, now: .now)
        }
        guard let (was, next) = lives else { return }
        meshLink.withLock { $0 }?.assume(next)
        onFenced(was, next)
        beatTimer.wake()
    }

    private func noteDeath(_ id: MemberID) {
        toFence.withLock { waiting in
            if waiting.count < Self.mostToFence { waiting.append(id) }
        }
        beatTimer.wake()
    }

    /// Tells the registry who was proved to be dead. What it cannot be told now it is told with the next beat.
    func fence() async {
        let victims = toFence.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for (place, victim) in victims.enumerated() {
            do {
                try await registry.fence(victim, by: me)
            } catch {
                return toFence.withLock { $0 = Array((victims[place...] + $0).prefix(Self.mostToFence)) }
            }
        }
    }

    private static let mostToFence = 1024
}
