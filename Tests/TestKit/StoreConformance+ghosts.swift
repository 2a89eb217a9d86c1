import RoostJobs
import Testing

extension StoreConformance {
    /// Queued jobs that end without having run are as if they had never stood in line.
    static let ghosts: [StoreCase] = [
        StoreCase("since when a queue waits is told by a job that does wait") { store, clock async throws in
            let ids = try await store.enqueue(count: 3)
            let tenant = try await store.enqueue(tenant: "a", count: 3)
            _ = try await store.cancel(ids[0], reason: "x")
            _ = try await store.delete(ids[1])
            #expect(try await store.oldest == store.record(ids[2]).insertedAt)
            _ = try await store.cancel(ids[2], reason: "x")
            #expect(try await store.oldest == store.record(tenant[0]).insertedAt)
            _ = try await store.delete(tenant[0])
            _ = try await store.cancel(tenant[1], reason: "x")
            #expect(try await store.oldest == store.record(tenant[2]).insertedAt)
            _ = try await store.cancel(tenant[2], reason: "x")
            #expect(try await store.oldest == nil)
            #expect(try await store.claims().isEmpty)
        },
        StoreCase("a job that is not to be run any more takes no turn of its tenant") { store, clock async throws in
            for end in 0..<3 {
                let first = try await store.enqueue1(start: .now) { job in
                    job.tenant = "a"
                    if end == 2 { job.startBy = .after(clock.short) }
                }
                let second = try await store.enqueue(tenant: "a", count: 1)
                let other = try await store.enqueue(tenant: "b", count: 1)
                switch end {
                case 0: _ = try await store.cancel(first, reason: "x")
                case 1: _ = try await store.delete(first)
                default: try await clock.promoted(store)
                }
                #expect(try await store.claims(1).map(\.job.id) == second, "end \(end)")
                #expect(try await store.claims(1).map(\.job.id) == other, "end \(end)")
            }
            #expect(try await store.claims().isEmpty)
        },
        StoreCase("a job that is replayed stands at the end of its lane, once") { store, _ async throws in
            let ids = try await store.enqueue(count: 3)
            _ = try await store.cancel(ids[0], reason: "x")
            #expect(try await store.replay(ids[0]) == .queued)
            #expect(try await store.oldest == store.record(ids[0]).insertedAt)
            #expect(try await store.claims().map(\.job.id).sorted() == ids)
            #expect(try await store.claims().isEmpty)
        },
    ]
}

extension JobStore {
    /// Since when the queue `q` waits.
    fileprivate var oldest: Timestamp? {
        get async throws { try await queues().first { $0.name == "q" }?.oldest }
    }
}
