import RoostJobs

/// Says which queues and types the node serves, so that a job nobody can run says so. On a thread that no handler
/// blocks, like the leases.
///
/// A node that drains or is quiet goes on saying that it is there, because its name leads to what it runs, and that it
/// serves no queue.
struct Announcer: Sendable {
    let store: any JobStore
    let worker: String
    /// Every queue of the node, in its order.
    let queues: [String]
    let types: Set<String>?
    let pools: WorkerPools
    let every: Duration
    let ttl: Duration
    let loop: StoreLoop

    /// - Throws: `CancellationError`.
    func run() async throws {
        try await loop.run {
            let started = ContinuousClock.now
            let generation = pools.signals.serving.generation
            try await store.announce(notice, ttl: ttl)
            await pools.signals.serving.wait(after: generation, upTo: max(.zero, every - (.now - started)))
        }
    }

    /// What there is to say now.
    private var notice: WorkerNotice {
        let (serving, busy) = pools.serving
        return WorkerNotice(
            worker: worker, queues: queues.filter(serving.contains), types: types, busy: busy)
    }

    /// Takes the notice back, if the store does it within a second; otherwise its time runs out.
    func withdraw() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await store.withdraw(worker: worker) }
            group.addTask { try? await loop.executor.sleep(for: .seconds(1)) }
            await group.next()
            group.cancelAll()
        }
    }
}
