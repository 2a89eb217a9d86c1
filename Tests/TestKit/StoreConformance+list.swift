import RoostJobs
import Testing

extension StoreConformance {
    /// One job in each state; which id is in which.
    private static func oneOfEach(_ store: any JobStore) async throws -> [JobState: JobID] {
        var ids: [JobState: JobID] = [:]
        ids[.done] = try await store.enqueue1()
        try await store.attempt(.done)
        ids[.failed] = try await store.enqueue1()
        try await store.attempt(.failed(error: "x"))
        ids[.cancelled] = try await store.enqueue1()
        try await store.attempt(.cancelled(reason: "x"))
        ids[.running] = try await store.enqueue1()
        _ = try await store.claim1()
        ids[.scheduled] = try await store.enqueue1(start: .after(.seconds(600)))
        ids[.queued] = try await store.enqueue1()
        return ids
    }

    static let listing: [StoreCase] = [
        StoreCase("an empty store lists nothing") { store, _ async throws in
            #expect(try await store.list(JobQuery()) == JobPage(jobs: [], total: 0))
            for state in JobState.allCases {
                #expect(try await store.list(JobQuery(state: state)) == JobPage(jobs: [], total: 0))
            }
            #expect(try await store.list(JobQuery(type: "t")).jobs.isEmpty)
        },
        StoreCase("jobs are listed newest first") { store, _ in
            var ids = try await store.enqueue(count: 10)
            for _ in 0..<10 { ids.append(try await store.enqueue1()) }
            let page = try await store.list(JobQuery())
            #expect(page.jobs.map(\.id) == ids.reversed())
            #expect(page.total == 20)
        },
        StoreCase("each state's filter shows its jobs and their number") { store, _ in
            let ids = try await oneOfEach(store)
            for state in JobState.allCases {
                let page = try await store.list(JobQuery(state: state))
                #expect(page.jobs.map(\.id) == [ids[state]].compactMap { $0 }, "\(state)")
                #expect(page.total == 1, "\(state)")
            }
            #expect(try await store.list(JobQuery()).total == 6)
        },
        StoreCase("a listed job is the record itself") { store, _ in
            for id in try await oneOfEach(store).values {
                let record = try await store.record(id)
                #expect(try await store.list(JobQuery(state: record.state)).jobs == [record])
                #expect(try await store.all().contains(record))
            }
        },
        StoreCase("pages cover all jobs exactly once") { store, _ in
            let ids = try await store.enqueue(count: 57)
            for limit in [1, 10, 19, 56, 57, 200] {
                #expect(try await store.all(JobQuery(limit: limit)).map(\.id) == ids.reversed(), "\(limit) a page")
            }
            #expect(try await store.all(JobQuery(state: .queued, limit: 10)).map(\.id) == ids.reversed())
            #expect(try await store.all(JobQuery(type: "t", queue: "q", limit: 10)).map(\.id) == ids.reversed())
        },
        StoreCase("pages of ended jobs cover all of them exactly once") { store, _ in
            let ids = try await store.enqueue(count: 30)
            for claim in try await store.claims() {
                let outcomes: [Outcome] = [.done, .failed(error: "x"), .cancelled(reason: "x")]
                _ = try await store.settle(claim.ticket, outcomes[(ids.firstIndex(of: claim.job.id) ?? 0) % 3])
            }
            for (number, state) in [JobState.done, .failed, .cancelled].enumerated() {
                let wanted = stride(from: number, to: 30, by: 3).map { ids[$0] }
                #expect(try await store.all(JobQuery(state: state, limit: 3)).map(\.id) == wanted.reversed())
                #expect(try await store.list(JobQuery(state: state, limit: 3)).total == 10)
            }
        },
        StoreCase("a page past the end is empty and still tells the total") { store, _ in
            _ = try await store.enqueue(count: 3)
            #expect(try await store.list(JobQuery(offset: 3)) == JobPage(jobs: [], total: 3))
            #expect(try await store.list(JobQuery(offset: 1_000_000_000)) == JobPage(jobs: [], total: 3))
            #expect(try await store.list(JobQuery(offset: 2)).jobs.count == 1)
        },
        StoreCase("types and queues filter, alone, together and with a state") { store, _ in
            var ids: [String: JobID] = [:]
            for type in ["a", "b"] {
                for queue in ["x", "y"] { ids[type + queue] = try await store.enqueue1(type: type, queue: queue) }
            }
            _ = try await store.claims(queues: ["x"], types: ["a"])
            func found(_ query: JobQuery) async throws -> [JobID] { try await store.list(query).jobs.map(\.id) }
            func named(_ names: String...) -> [JobID] { names.compactMap { ids[$0] } }
            #expect(try await found(JobQuery(type: "a")) == named("ay", "ax"))
            #expect(try await found(JobQuery(queue: "x")) == named("bx", "ax"))
            #expect(try await found(JobQuery(type: "b", queue: "y")) == named("by"))
            #expect(try await found(JobQuery(state: .queued, type: "a")) == named("ay"))
            #expect(try await found(JobQuery(state: .running, type: "a", queue: "x")) == named("ax"))
            #expect(try await found(JobQuery(state: .done, queue: "x")).isEmpty)
            #expect(try await found(JobQuery(type: "c")).isEmpty)
            #expect(try await found(JobQuery(type: "a", offset: 1, limit: 1)) == named("ax"))
        },
        StoreCase("a search looks past hundreds of other jobs, page by page") { store, _ in
            var wanted: [JobID] = []
            for round in 0..<12 {
                _ = try await store.enqueue(count: 100)
                if round.isMultiple(of: 2) { wanted.append(try await store.enqueue1(type: "rare")) }
            }
            #expect(try await store.all(JobQuery(type: "rare", limit: 2)).map(\.id) == wanted.reversed())
            #expect(try await store.list(JobQuery(state: .done, type: "rare")).jobs.isEmpty)
        },
        StoreCase("a job moves from filter to filter as it lives") { store, clock in
            let id = try await store.enqueue1(start: .after(clock.short))
            func states() async throws -> [JobState] {
                var states: [JobState] = []
                for state in JobState.allCases {
                    let page = try await store.list(JobQuery(state: state))
                    #expect(page.total == page.jobs.count)
                    if page.jobs.contains(where: { $0.id == id }) { states.append(state) }
                }
                return states
            }
            #expect(try await states() == [.scheduled])
            try await clock.promoted(store)
            #expect(try await states() == [.queued])
            let claim = try await store.claim1()
            #expect(try await states() == [.running])
            _ = try await store.settle(claim.ticket, .done)
            #expect(try await states() == [.done])
        },
    ]
}
