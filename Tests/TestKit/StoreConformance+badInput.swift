import RoostJobs
import Testing

extension StoreConformance {
    static let badInput: [StoreCase] = [
        StoreCase("one invalid job refuses the whole call") { store, clock async throws in
            let good = NewJob(type: "t", queue: "q", payload: [])
            let bad = [
                NewJob(type: "", queue: "q", payload: []),
                NewJob(type: "with space", queue: "q", payload: []),
                NewJob(type: "new\nline", queue: "q", payload: []),
                NewJob(type: "t", queue: "", payload: []),
                NewJob(type: "t", queue: "ü", payload: []),
                NewJob(type: "t", queue: String(repeating: "q", count: 101), payload: []),
                NewJob(type: "t", queue: "q", payload: [], priority: 0),
                NewJob(type: "t", queue: "q", payload: [], priority: 11),
                NewJob(type: "t", queue: "q", payload: [], priority: .min),
                NewJob(type: "t", queue: "q", payload: [], maxAttempts: 0),
                NewJob(type: "t", queue: "q", payload: [], maxAttempts: .max),
                NewJob(type: "t", queue: "q", payload: [], timeout: .zero),
                NewJob(type: "t", queue: "q", payload: [], timeout: .seconds(Int64.max)),
                NewJob(type: "t", queue: "q", payload: [], resultTTL: .seconds(-1)),
                NewJob(type: "t", queue: "q", payload: [], resultTTL: .seconds(Int64.max)),
                NewJob(type: "t", queue: "q", payload: [], start: .after(.seconds(-1))),
                NewJob(type: "t", queue: "q", payload: [], start: .after(.seconds(Int64.max))),
                NewJob(type: "t", queue: "q", payload: [], uniqueKey: ""),
                NewJob(type: "t", queue: "q", payload: [], uniqueKey: "a b"),
                NewJob(type: "t", queue: "q", payload: [], uniqueKey: "a\0b"),
                NewJob(type: "t", queue: "q", payload: [], uniqueKey: String(repeating: "k", count: 201)),
                NewJob(type: "t", queue: "q", payload: [UInt8](repeating: 32, count: JobLimits.payloadBytes + 1)),
            ]
            for job in bad { await clock.expect(.invalid) { _ = try await store.enqueue([good, job, good]) } }
            #expect(try await store.counts().total == 0)
            #expect(try await store.job(good.id) == nil)
        },
        StoreCase("more jobs than a batch may have are refused") { store, clock async throws in
            let jobs = (0...JobLimits.batch).map { _ in NewJob(type: "t", queue: "q", payload: []) }
            await clock.expect(.invalid) { _ = try await store.enqueue(jobs) }
            #expect(try await store.counts().total == 0)
        },
        StoreCase("tickets nobody gave out hold nothing") { store, _ in
            let id = try await store.enqueue1()
            let claim = try await store.claim1()
            let forged = [
                Claim.Ticket(id: JobID(high: 0, low: 0), token: 0, queue: "q", type: "t", priority: 5),
                Claim.Ticket(id: JobID(high: .max, low: .max), token: .max, queue: "none", type: "none", priority: 1),
                claim.ticket.with(token: 0), claim.ticket.with(token: .max),
                claim.ticket.with(token: claim.ticket.token + 1),
            ]
            #expect(try await store.lost(forged, lease: .seconds(60)) == forged)
            for ticket in forged { #expect(try await store.settle(ticket, .done) == .leaseLost) }
            #expect(try await store.record(id) == claim.job)
        },
        StoreCase("a job never claimed cannot be settled with the token zero") { store, _ in
            let id = try await store.enqueue1()
            let ticket = Claim.Ticket(id: id, token: 0, queue: "q", type: "t", priority: 5)
            #expect(try await store.settle(ticket, .failed(error: "x")) == .leaseLost)
            #expect(try await store.record(id).state == .queued)
        },
        StoreCase("strange numbers in a claim are clamped") { store, _ in
            _ = try await store.enqueue(count: 5)
            func claimed(_ limit: Int, lease: Duration, wait: Duration) async throws -> Int {
                let request = ClaimRequest(queues: ["q"], limit: limit, worker: "w", lease: lease, wait: wait)
                let claims = try await store.claim(request)
                return claims.count
            }
            #expect(try await claimed(0, lease: .seconds(60), wait: .seconds(-1)) == 1)
            #expect(try await claimed(.min, lease: .seconds(Int64.max), wait: .seconds(Int64.min)) == 1)
            #expect(try await claimed(.max, lease: .seconds(Int64.max), wait: .seconds(Int64.max)) == 3)
        },
        StoreCase("strange numbers in upkeep are clamped") { store, _ in
            let id = try await store.enqueue1(start: .after(.seconds(600)))
            for number in [Int.min, -1, 0, .max] {
                #expect(try await store.promoteDue(limit: number, wait: .seconds(Int64.min)) == 0)
                #expect(try await store.reclaim(limit: number, maxCrashes: number).isEmpty)
                #expect(try await store.prune(limit: number) == 0)
                #expect(try await store.list(JobQuery(offset: number, limit: number)).total == 1)
            }
            #expect(try await store.record(id).state == .scheduled)
        },
        StoreCase("a page's numbers set past their clamps do no harm") { store, _ in
            _ = try await store.enqueue(count: 3)
            var query = JobQuery()
            (query.offset, query.limit) = (.max, .max)
            #expect(try await store.list(query).jobs.isEmpty)
            (query.offset, query.limit) = (.min, .min)
            #expect(try await store.list(query).jobs.count <= 3)
        },
        StoreCase("a strange delay or lease is clamped") { store, clock in
            let id = try await store.enqueue1()
            for delay in [.seconds(Int64.min), .seconds(-1), .zero] as [Duration] {
                try await store.attempt(.retry(after: delay, error: "x"))
                #expect(try await store.record(id).state == .queued)
                try await store.attempt(.snoozed(delay))
                #expect(try await store.record(id).state == .queued)
            }
            let ticket = try await store.claim1().ticket
            #expect(try await store.lost([ticket], lease: .seconds(Int64.max)).isEmpty)
            #expect(try await store.reclaim(limit: 10, maxCrashes: 3).isEmpty)
            #expect(try await store.lost([ticket], lease: .seconds(Int64.min)).isEmpty)
            #expect(try await clock.reclaimed(store).requeued == [id])
            try await store.attempt(.retry(after: .seconds(Int64.max), error: "x"))
            #expect(try await store.record(id).state == .scheduled)
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 0)
        },
        StoreCase("names nobody uses find nothing") { store, _ in
            try await store.enqueue1(key: "k")
            for name in ["", " ", "a b", "*", "q*", "?", "ü", "'; --", String(repeating: "x", count: 10_000)] {
                #expect((try? await store.claims(queues: [name])) ?? [] == [])
                #expect((try? await store.claims(types: [name])) ?? [] == [])
                #expect((try? await store.job(uniqueKey: name)) ?? nil == nil)
                #expect((try? await store.list(JobQuery(type: name)).jobs) ?? [] == [])
                #expect((try? await store.list(JobQuery(queue: name)).jobs) ?? [] == [])
            }
            #expect(try await store.job(JobIDGenerator.shared.next()) == nil)
            #expect(try await store.counts()[.queued] == 1)
        },
        StoreCase("a result over the limit is refused and the job still runs") { store, clock in
            let id = try await store.enqueue1()
            let claim = try await store.claim1()
            let large = [UInt8](repeating: 32, count: JobLimits.resultBytes + 1)
            await clock.expect(.invalid) { _ = try await store.settle(claim.ticket, .succeeded(result: large)) }
            #expect(try await store.record(id) == claim.job)
            #expect(try await store.settle(claim.ticket, .done) == .settled)
        },
    ]
}
