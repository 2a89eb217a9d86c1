import RoostJobs
import Synchronization

/// Says for workers that speak HTTP which queues and types they serve, so that jobs only they can run do not wait "for
/// no worker". A notice holds as long as its worker may be silent, and is repeated when half of that is over.
final class ForeignWorkers: Sendable {
    private struct Seen {
        /// nil: nobody has said what that worker does.
        var notice: WorkerNotice?
        var ttl: Duration
        var told: ContinuousClock.Instant
    }

    private let store: any JobStore
    private let seen = Mutex<[String: Seen]>([:])

    /// How many workers are remembered; what others do is said again with each of their calls.
    static let limit = 10_000

    init(store: any JobStore) { self.store = store }

    /// A worker asks for jobs, and will be heard of again within `silence`.
    func asked(_ notice: WorkerNotice, silence: Duration) async {
        let ttl = Self.ttl(silence)
        guard isDue(notice.worker, { $0.notice != notice || $0.ttl < ttl }) else { return }
        await tell(notice, ttl)
    }

    /// A worker goes on with a job: it may not have asked for another for long, or on another node.
    func isBusy(_ worker: String, silence: Duration) async {
        let ttl = Self.ttl(silence)
        guard isDue(worker, { $0.notice != nil && $0.ttl < ttl }) else { return }
        var notice = seen.withLock { $0[worker]?.notice }
        if notice == nil { notice = try? await store.workers().first { $0.worker == worker } }
        guard let notice else { return remember(worker, Seen(notice: nil, ttl: ttl, told: .now)) }
        await tell(notice, ttl)
    }

    private func tell(_ notice: WorkerNotice, _ ttl: Duration) async {
        // A store that does not answer is told with the next call: nobody waits for a notice.
        guard (try? await store.announce(notice, ttl: ttl)) != nil else { return }
        remember(notice.worker, Seen(notice: notice, ttl: ttl, told: .now))
    }

    private func isDue(_ worker: String, _ hasChanged: (Seen) -> Bool) -> Bool {
        guard let known = seen.withLock({ $0[worker] }) else { return true }
        return hasChanged(known) || known.told + known.ttl / 2 <= .now
    }

    private func remember(_ worker: String, _ entry: Seen) {
        seen.withLock { seen in
            if seen.count >= Self.limit {
                let now = ContinuousClock.now
                seen = seen.filter { $0.value.told + $0.value.ttl > now }
                if seen.count >= Self.limit { seen.removeAll() }
            }
            seen[worker] = entry
        }
    }

    /// A worker that is late by a little is not gone.
    private static func ttl(_ silence: Duration) -> Duration { silence * 2 + .seconds(15) }
}
