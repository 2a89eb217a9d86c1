import RoostJobs
import Synchronization

/// The suspects of one process, over all its pools; see `SuspectMachine`.
final class Suspects: Sendable {
    private let machine: Mutex<SuspectMachine>

    init(maxCrashes: Int) { machine = Mutex(SuspectMachine(maxCrashes: maxCrashes)) }

    func admit(_ claims: [Claim]) -> (run: [Claim], later: [Claim]) { machine.withLock { $0.admit(claims) } }

    func ended(_ claim: Claim) {
        guard claim.job.crashes > 0 else { return }
        machine.withLock { $0.ended(claim.ticket) }
    }
}
