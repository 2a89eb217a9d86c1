import RoostJobs
import Testing

extension StoreConformance {
    static let claiming: [StoreCase] = [
        StoreCase("a claimed job runs: attempt, worker and start are recorded") { store, _ in
            let id = try await store.enqueue1(payload: [1, 2])
            let claim = try await store.claim1(worker: "worker@host:1#a-b_c")
            #expect(claim.job.id == id)
            #expect(claim.ticket.id == id)
            #expect(claim.job.state == .running)
            #expect(claim.job.attempt == 1)
            #expect(claim.job.crashes == 0)
            #expect(claim.job.worker == "worker@host:1#a-b_c")
            #expect(claim.job.payload == [1, 2])
            let start = try #require(claim.job.startedAt)
            #expect(start >= claim.job.insertedAt)
            #expect(claim.job.finishedAt == nil)
            #expect(try await store.record(id) == claim.job)
        },
        StoreCase("a ticket names its job's lane") { store, _ in
            try await store.enqueue1(type: "a.b", queue: "q", priority: 3)
            let ticket = try await store.claim1().ticket
            #expect(ticket.queue == "q")
            #expect(ticket.type == "a.b")
            #expect(ticket.priority == 3)
        },
        StoreCase("tokens grow with every claim, within and across calls and attempts") { store, _ in
            _ = try await store.enqueue(count: 10)
            var tokens = try await store.claims(4).map(\.ticket.token)
            for _ in 0..<3 { tokens.append(try await store.attempt(.released).token) }
            tokens += try await store.claims(3).map(\.ticket.token)
            #expect(tokens == tokens.sorted())
            #expect(Set(tokens).count == 10)
            #expect(tokens.first ?? 0 > 0)
        },
        StoreCase("the first priority goes first, over all queues and types") { store, _ in
            for priority in [5, 10, 1, 7, 3, 2, 9, 4, 8, 6] {
                try await store.enqueue1(
                    type: "t\(priority % 3)", queue: priority.isMultiple(of: 2) ? "even" : "odd", priority: priority)
            }
            let first = try await store.claims(4, queues: ["even", "odd"])
            #expect(first.map(\.job.priority) == [1, 2, 3, 4])
            let rest = try await store.claims(queues: ["even", "odd"])
            #expect(rest.map(\.job.priority) == [5, 6, 7, 8, 9, 10])
        },
        StoreCase("within a priority, queues go in the order asked for") { store, _ in
            for queue in ["b", "a", "c"] { try await store.enqueue1(queue: queue) }
            try await store.enqueue1(queue: "a", priority: 1)
            let claims = try await store.claims(queues: ["c", "a", "b"])
            #expect(claims.map(\.job.queue) == ["a", "c", "a", "b"])
        },
        StoreCase("within queue, priority and type, the first in is the first out") { store, _ in
            let together = try await store.enqueue(count: 20)
            var ids = together
            for _ in 0..<10 { ids.append(try await store.enqueue1()) }
            var claimed: [JobID] = []
            for limit in [1, 2, 7, 20] { claimed += try await store.claims(limit).map(\.job.id) }
            #expect(claimed == ids)
        },
        StoreCase("a busy type does not keep another of its queue and priority waiting for ever") { store, _ in
            for type in ["m", "m", "a", "m", "z"] { try await store.enqueue1(type: type) }
            var rare = 2
            for _ in 0..<300 where rare > 0 {
                let type = try await store.claim1().job.type
                if type == "m" { try await store.enqueue1(type: "m") } else { rare -= 1 }
            }
            #expect(rare == 0)
        },
        StoreCase("only queues asked for are looked at") { store, _ in
            for queue in ["a", "b", "ab"] { try await store.enqueue1(queue: queue) }
            #expect(try await store.claims(queues: []).isEmpty)
            #expect(try await store.claims(queues: ["c"]).isEmpty)
            #expect(try await store.claims(queues: ["a"]).map(\.job.queue) == ["a"])
            #expect(try await store.claims(queues: ["a", "ab"]).map(\.job.queue) == ["ab"])
            #expect(try await store.counts()[.queued] == 1)
        },
        StoreCase("only types asked for are handed out") { store, _ in
            for type in ["a", "b", "ab", "a.b"] { try await store.enqueue1(type: type) }
            #expect(try await store.claims(types: []).isEmpty)
            #expect(try await store.claims(types: ["c"]).isEmpty)
            #expect(Set(try await store.claims(types: ["a", "ab"]).map(\.job.type)) == ["a", "ab"])
            #expect(Set(try await store.claims(types: nil).map(\.job.type)) == ["b", "a.b"])
        },
        StoreCase("types nobody asks for do not hide the jobs behind them") { store, _ in
            for _ in 0..<50 { try await store.enqueue1(type: "blocked", priority: 1) }
            let id = try await store.enqueue1(type: "wanted", priority: 10)
            #expect(try await store.claims(1, types: ["wanted"]).map(\.job.id) == [id])
        },
        StoreCase("names that look alike when joined are not mixed up") { store, _ in
            let first = try await store.enqueue1(type: "c", queue: "a:5:b")
            let second = try await store.enqueue1(type: "b:5:c", queue: "a")
            #expect(try await store.claims(queues: ["a"]).map(\.job.id) == [second])
            #expect(try await store.claims(queues: ["a:5:b"]).map(\.job.id) == [first])
            #expect(try await store.claims(queues: ["a", "a:5:b"]).isEmpty)
        },
        StoreCase("no more than the limit is handed out, over all lanes together") { store, _ in
            for type in ["a", "b", "c"] {
                for priority in 1...3 { try await store.enqueue1(type: type, priority: priority) }
            }
            #expect(try await store.claims(2).count == 2)
            #expect(try await store.claims(4).count == 4)
            #expect(try await store.claims(100).count == 3)
            #expect(try await store.counts()[.running] == 9)
        },
        StoreCase("a job is handed out once") { store, _ in
            try await store.enqueue1()
            _ = try await store.claim1()
            #expect(try await store.claims().isEmpty)
            #expect(try await store.claims(worker: "other").isEmpty)
        },
        StoreCase("a lane that ran dry takes jobs again") { store, _ in
            for round in 1...5 {
                let id = try await store.enqueue1()
                #expect(try await store.claims().map(\.job.id) == [id], "round \(round)")
                #expect(try await store.claims().isEmpty)
            }
        },
        StoreCase("scheduled jobs are not handed out") { store, clock in
            try await store.enqueue1(start: .after(clock.long))
            #expect(try await store.claims().isEmpty)
        },
        StoreCase("many queues are claimed from in one call") { store, _ in
            let queues = (0..<60).map { "queue-\($0)" }
            for queue in queues { try await store.enqueue1(queue: queue) }
            #expect(try await store.claims(queues: queues).map(\.job.queue) == queues)
        },
        StoreCase("a queue asked for twice hands its job out once") { store, _ in
            try await store.enqueue1()
            #expect(try await store.claims(queues: ["q", "q"]).count == 1)
        },
    ]
}
