import RoostJobs

/// Says which queues and types the node serves, so that a job nobody can run says so. On a thread that no handler
/// blocks, like the leases.
struct Announcer: Sendable {
    let store: any JobStore
    let notice: WorkerNotice
    let every: Duration
    let ttl: Duration
    let loop: StoreLoop

    /// - Throws: `CancellationError`.
    func run() async throws {
        try await loop.run {
            let started = ContinuousClock.now
            try await store.announce(notice, ttl: ttl)
            try await loop.executor.sleep(for: max(.zero, every - (.now - started)))
        }
    }

    /// Takes the notice back, if the store does it within a second; otherwise its time runs out.
    func withdraw() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await store.withdraw(worker: notice.worker) }
            group.addTask { try? await loop.executor.sleep(for: .seconds(1)) }
            await group.next()
            group.cancelAll()
        }
    }
}
