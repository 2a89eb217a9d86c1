import Logging
import RoostCluster
import RoostJobs
import RoostNode

/// Takes back the jobs of workers whose process is proved to be gone, without waiting for their leases.
///
/// Every API and worker hears of each death and does the same, one a little after the other; whoever comes late finds
/// nothing. Silence proves nothing: the jobs of a member that is only silent wait for their leases to end.
struct DeathWatch: Sendable {
    /// How much later the next in line begins.
    static let step: Duration = .milliseconds(20)
    /// Beyond so many the line is one crowd.
    static let longestLine = 8

    let membership: Membership
    let rescue: Rescue
    /// After it the leases have ended anyway.
    let patience: Duration
    let logger: Logger

    /// Watches until cancelled.
    func run() async {
        let downs = membership.downs()
        // Those that died before this was watching: a restart of this loop must not lose any.
        let earlier = membership.snapshot.members.compactMap { entry -> MemberDown? in
            guard case .down(_, let proof) = entry.link else { return nil }
            return MemberDown(member: entry.member, proof: proof, report: entry.report)
        }
        await withDiscardingTaskGroup { group in
            for down in earlier { take(down, in: &group) }
            for await down in downs { take(down, in: &group) }
        }
    }

    private func take(_ down: MemberDown, in group: inout DiscardingTaskGroup) {
        guard down.proof.isConclusive, let worker = down.report.worker else { return }
        let snapshot = membership.snapshot
        // Whoever is alive keeps what it has, whatever the dead said.
        guard !snapshot.up.contains(where: { $0.report.worker == worker }) else { return }
        group.addTask { await reclaim(worker, turn: Self.turn(of: snapshot.me, for: down.member, in: snapshot)) }
    }

    private func reclaim(_ worker: String, turn: Int) async {
        try? await Task.sleep(for: Self.step * turn)
        let count = await rescue.insist(for: patience, logger: logger) { rescue throws(StoreError) in
            try await rescue.reclaim(worker: worker)
        }
        if count > 0 {
            logger.warning("jobs of a dead worker taken back", metadata: ["worker": "\(worker)", "jobs": "\(count)"])
        }
    }

    /// Where `me` stands in the line of those who take back: another is first for each dead member.
    static func turn(of me: Member, for dead: Member, in snapshot: MembershipSnapshot) -> Int {
        let line = snapshot.up.map(\.member).filter { $0.roles.contains(.api) || $0.roles.contains(.worker) }
        guard let place = line.firstIndex(where: { $0.id == me.id }) else { return longestLine }
        let first = Int(dead.incarnation % UInt64(line.count))
        return min((place + line.count - first) % line.count, longestLine)
    }
}

extension Rescue {
    /// Takes back until the store has answered, the task is cancelled or the patience is over, when the leases have ended
    /// anyway; returns how many.
    func insist(
        for patience: Duration, logger: Logger, _ reclaim: (Rescue) async throws(StoreError) -> Int
    ) async -> Int {
        let end = ContinuousClock.now + patience
        var wait: Duration = .milliseconds(100)
        while !Task.isCancelled, ContinuousClock.now < end {
            do throws(StoreError) { return try await reclaim(self) } catch {
                logger.debug("cannot take back yet", metadata: ["error": "\(error.message)"])
            }
            try? await Task.sleep(for: wait)
            wait = min(wait * 2, .seconds(2))
        }
        return 0
    }
}
