import RoostJobs
import Synchronization

/// A claim that found nothing and waits: a transaction that queues jobs serves it before it commits.
final class ParkedClaim: Sendable {
    private enum Phase {
        case waiting
        /// A transaction on its way serves it; who leaves meanwhile waits for its end.
        case serving(CheckedContinuation<[Claim], Never>?)
        case served([Claim])
        case left
    }

    let request: ClaimRequest
    private let phase = Mutex(Phase.waiting)

    init(_ request: ClaimRequest) { self.request = request }

    /// True when it is still there: `endServing` must follow.
    func beginServing() -> Bool {
        phase.withLock { phase in
            guard case .waiting = phase else { return false }
            phase = .serving(nil)
            return true
        }
    }

    /// It got this, or goes on waiting when that is nothing.
    func endServing(_ claims: [Claim]) {
        request.receipt?.note(claims)
        let leaver: CheckedContinuation<[Claim], Never>? = phase.withLock { phase in
            guard case .serving(let leaver) = phase else { return nil }
            phase = leaver != nil ? .left : claims.isEmpty ? .waiting : .served(claims)
            return leaver
        }
        leaver?.resume(returning: claims)
    }

    /// Stops waiting and returns what it got: also when the commit that decides it has yet to come.
    func leave() async -> [Claim] {
        await withCheckedContinuation { continuation in
            let claims: [Claim]? = phase.withLock { phase in
                switch phase {
                case .serving:
                    phase = .serving(continuation)
                    return nil
                case .served(let claims):
                    phase = .left
                    return claims
                case .waiting, .left:
                    phase = .left
                    return []
                }
            }
            if let claims { continuation.resume(returning: claims) }
        }
    }
}

/// The claims that wait, first come first.
///
/// A job that comes while one waits is queued and handed out in one commit: an idle node starts it after one sync of the
/// disk instead of two.
final class ParkedClaims: Sendable {
    private let parked = Mutex<[ParkedClaim]>([])

    var all: [ParkedClaim] { parked.withLock { $0 } }

    func park(_ request: ClaimRequest) -> ParkedClaim {
        let claim = ParkedClaim(request)
        parked.withLock { $0.append(claim) }
        return claim
    }

    /// See `ParkedClaim.leave`.
    func leave(_ claim: ParkedClaim) async -> [Claim] {
        parked.withLock { parked in parked.removeAll { $0 === claim } }
        return await claim.leave()
    }
}
