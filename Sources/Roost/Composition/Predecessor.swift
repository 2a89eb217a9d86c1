import Logging
import RoostCluster
import RoostJobs
import RoostNode

/// Takes back what earlier lives of this very member were running when they ended: its name says on which port of which
/// host it listens, and this process does so now, so none of them is there any more. A supervisor that restarts a killed
/// worker at once is quicker than the others are at noticing its death.
struct Predecessor {
    /// Who this process was when it began. What it becomes after a split is no other life.
    let born: MemberID
    let rescue: Rescue
    /// After it their leases have ended anyway.
    let patience: Duration
    let logger: Logger

    /// Looks once, as soon as the store answers.
    func run() async {
        let count = await rescue.insist(for: patience, logger: logger) { rescue throws(StoreError) in
            try await rescue.reclaim(earlierLivesOf: born.name.description, incarnation: String(born.incarnation))
        }
        if count > 0 { logger.warning("jobs of an earlier life taken back", metadata: ["jobs": "\(count)"]) }
    }
}
