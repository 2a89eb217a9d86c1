import Logging
import RoostJobs
import Synchronization

/// Brings outcomes to the store, however long the store is away.
///
/// Its caller's task must not be one that a drain, a deadline or a lost lease cancels: an outcome that exists is worth
/// more than a fast stop.
final class Settler: Sendable {
    /// What became of an outcome.
    enum End: Sendable, Equatable {
        /// The store has recorded this.
        case settled(Outcome)
        /// The store refused it: another attempt owns the job.
        case leaseLost
        /// The store will not take it, or the node stopped first.
        case abandoned
    }

    private struct State {
        var isStopped = false
        var isAway = false
    }

    private let store: any JobStore
    private let logger: Logger
    private let stopped: Event
    private let state = Mutex(State())
    private let backoff = RetryPolicy(base: .milliseconds(100), cap: .seconds(2))

    init(store: any JobStore, executor: ThreadExecutor, logger: Logger) {
        self.store = store
        self.logger = logger
        stopped = Event(executor)
    }

    /// Brings many to the store in one call, once: when it throws, bring each by itself.
    func settle(_ ends: [AttemptEnd]) async throws(StoreError) -> [Settlement] { try await store.settle(ends) }

    /// Ends when the store has answered or `stop()` was called.
    func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) async -> End {
        var outcome = outcome
        var failures = 0
        while true {
            let generation = stopped.generation
            do throws(StoreError) {
                let settlement = try await store.settle(ticket, outcome)
                if failures > 0 { note(isAway: false) }
                return settlement == .settled ? .settled(outcome) : .leaseLost
            } catch {
                switch error.code {
                case .unavailable, .unknown: break
                case .invalid:
                    // Nothing the store would ever take: say so in the job instead.
                    if case .failed = outcome { return giveUp(ticket, error) }
                    outcome = .failed(error: ErrorText.cut("the store refused the outcome: \(error.message)"))
                    continue
                case .corrupt, .closed: return giveUp(ticket, error)
                }
                note(isAway: true, error)
            }
            if state.withLock({ $0.isStopped }) { return .abandoned }
            failures = min(failures + 1, 100)
            var generator = SystemRandomNumberGenerator()
            await stopped.wait(after: generation, upTo: backoff.delay(failures: failures, using: &generator))
            if state.withLock({ $0.isStopped }) { return .abandoned }
        }
    }

    /// Gives up on what the store does not take now.
    func stop() {
        state.withLock { $0.isStopped = true }
        stopped.notify()
    }

    private func giveUp(_ ticket: Claim.Ticket, _ error: StoreError) -> End {
        logger.error("outcome cannot be recorded", metadata: ["job": "\(ticket.id)", "error": "\(error)"])
        return .abandoned
    }

    /// Logs once when the store goes and once when it is back, whatever the number of outcomes that wait.
    private func note(isAway: Bool, _ error: StoreError? = nil) {
        let changed = state.withLock { state in
            defer { state.isAway = isAway }
            return state.isAway != isAway
        }
        guard changed else { return }
        if isAway {
            logger.warning(
                "store does not take outcomes, keeping them",
                metadata: ["error": "\(error.map(String.init(describing:)) ?? "")"])
        } else {
            logger.notice("store takes outcomes again")
        }
    }
}
