import RoostJobs
import Testing

extension StoreConformance {
    /// A job with tags and searchable fields.
    private static func job(
        _ type: String = "t", queue: String = "q", tags: [String] = [], terms: [String: String] = [:]
    ) -> NewJob {
        var job = NewJob(type: type, queue: queue, payload: [])
        job.tags = tags
        job.terms = terms
        return job
    }

    private static func found(_ store: any JobStore, _ query: JobQuery) async throws -> [JobID] {
        try await store.list(query).jobs.map(\.id)
    }

    static let searching: [StoreCase] = [
        StoreCase("a job is found by its tags, by nothing else and until it is deleted") { store, _ in
            let jobs = [job(tags: ["vip", "eu"]), job(tags: ["vip"]), job(tags: ["vi"]), job()]
            _ = try await store.enqueue(jobs)
            #expect(try await found(store, JobQuery(tag: "vip")) == [jobs[1].id, jobs[0].id])
            #expect(try await found(store, JobQuery(tag: "eu")) == [jobs[0].id])
            #expect(try await found(store, JobQuery(tag: "e")).isEmpty)
            #expect(try await store.list(JobQuery(tag: "vip")).total == 2)
            #expect(try await store.list(JobQuery(state: .queued, tag: "vip")).total == nil)
            #expect(try await store.delete(jobs[1].id) == .deleted)
            #expect(try await found(store, JobQuery(tag: "vip")) == [jobs[0].id])
            #expect(try await store.list(JobQuery(tag: "vip")).total == 1)
            #expect(try await store.check(repair: false).findings == [])
        },
        StoreCase("searchable fields are kept with the job and found by their value as text") { store, _ in
            let odd = "a b;c,d=é\n\"%,"
            let jobs = [
                job(terms: ["user_id": "42", "order.id": "7"]), job(terms: ["user_id": "42"]),
                job(terms: ["user_id": "4"]), job(terms: ["note": odd]),
            ]
            _ = try await store.enqueue(jobs)
            for job in jobs { #expect(try await store.record(job.id).terms == job.terms) }
            #expect(try await found(store, JobQuery(terms: ["user_id": "42"])) == [jobs[1].id, jobs[0].id])
            #expect(try await found(store, JobQuery(terms: ["user_id": "42", "order.id": "7"])) == [jobs[0].id])
            #expect(try await found(store, JobQuery(terms: ["user_id": "4", "order.id": "7"])).isEmpty)
            #expect(try await found(store, JobQuery(terms: ["note": odd])) == [jobs[3].id])
            #expect(try await found(store, JobQuery(terms: ["note": "a"])).isEmpty)
            let claim = try await store.claim1()
            #expect(claim.job.terms == ["user_id": "42", "order.id": "7"])
        },
        StoreCase("eight of the longest fields are kept, found and let go") { store, _ in
            var terms: [String: String] = [:]
            for number in 0..<JobLimits.terms {
                let name = "\(number)" + String(repeating: "n", count: JobLimits.termFieldBytes - 1)
                terms[name] = String(repeating: "\u{1}", count: JobLimits.termValueBytes)
            }
            var wide = job(terms: terms)
            wide.tags = (0..<JobLimits.tags).map { "\($0)" + String(repeating: "t", count: JobLimits.tagBytes - 1) }
            wide.payload = Array(#"{"a":"\#(String(repeating: "x", count: 5000))"}"#.utf8)
            wide.tenant = String(repeating: "e", count: JobLimits.nameBytes)
            _ = try await store.enqueue([wide])
            #expect(try await store.record(wide.id).terms == terms)
            #expect(try await store.record(wide.id).payload == wide.payload)
            #expect(try await found(store, JobQuery(tag: wide.tags[7], terms: terms)) == [wide.id])
            #expect(try await store.check(repair: false).findings == [])
            try await store.attempt(.failed(error: "x"))
            #expect(try await store.replay(wide.id) == .queued)
            try await store.attempt(.failed(error: "x"))
            #expect(try await found(store, JobQuery(state: .failed, terms: terms)) == [wide.id])
            #expect(try await store.delete(wide.id) == .deleted)
            #expect(try await found(store, JobQuery(terms: terms)).isEmpty)
            #expect(try await store.check(repair: false).findings == [])
        },
        StoreCase("tags and fields that break a limit are refused") { store, _ async throws in
            let long = String(repeating: "x", count: 129)
            let many = Dictionary(uniqueKeysWithValues: (0..<9).map { ("f\($0)", "x") })
            for terms in [["f": long], ["f": ""], ["a b": "x"], [String(long.prefix(65)): "x"], many] {
                await #expect(throws: StoreError.self) { try await store.enqueue([job(terms: terms)]) }
                #expect(try await store.list(JobQuery(terms: terms)) == JobPage(jobs: [], total: nil))
            }
        },
        StoreCase("words go together with every other filter") { store, _ in
            var ids: [String: JobID] = [:]
            for type in ["a", "b"] {
                for queue in ["x", "y"] {
                    let job = job(type, queue: queue, tags: ["all"], terms: ["n": type])
                    ids[type + queue] = job.id
                    _ = try await store.enqueue([job])
                }
            }
            _ = try await store.claims(queues: ["x"], types: ["a"], worker: "worker@h:1")
            func named(_ names: String...) -> [JobID] { names.compactMap { ids[$0] } }
            #expect(try await found(store, JobQuery(type: "a", tag: "all")) == named("ay", "ax"))
            #expect(try await found(store, JobQuery(queue: "x", tag: "all")) == named("bx", "ax"))
            #expect(try await found(store, JobQuery(state: .running, tag: "all")) == named("ax"))
            #expect(try await found(store, JobQuery(tag: "all", worker: "worker@h:1")) == named("ax"))
            #expect(try await found(store, JobQuery(tag: "all", terms: ["n": "b"])) == named("by", "bx"))
            #expect(try await found(store, JobQuery(tag: "all", terms: ["n": "b"], offset: 1)) == named("bx"))
            #expect(try await found(store, JobQuery(queue: "y", tag: "all", terms: ["n": "a"])) == named("ay"))
            #expect(try await found(store, JobQuery(tag: "none", terms: ["n": "a"])).isEmpty)
        },
        StoreCase("jobs are found by who ran them and by a part of their last error") { store, _ in
            let ids = try await store.enqueue(count: 4)
            let claims = try await store.claims(1, worker: "w1@h:1") + store.claims(2, worker: "w2@h:1")
            let errors = ["Timeout after 30 s", "ÄRGER: 50% of \"x\"", "connection TIMED out"]
            for (claim, error) in zip(claims, errors) {
                _ = try await store.settle(claim.ticket, .failed(error: error))
            }
            #expect(try await found(store, JobQuery(worker: "w1@h:1")) == [ids[0]])
            #expect(try await found(store, JobQuery(worker: "w2@h:1")) == [ids[2], ids[1]])
            #expect(try await found(store, JobQuery(worker: "w2@h")).isEmpty)
            #expect(try await found(store, JobQuery(error: "timeOUT")) == [ids[0]])
            #expect(try await found(store, JobQuery(error: "tim")) == [ids[2], ids[0]])
            #expect(try await found(store, JobQuery(state: .failed, error: "50% of \"")) == [ids[1]])
            #expect(try await found(store, JobQuery(error: "Ärger")) == [ids[1]])
            #expect(try await found(store, JobQuery(error: "ärger")).isEmpty)
            #expect(try await found(store, JobQuery(state: .failed, worker: "w2@h:1", error: "out")) == [ids[2]])
            #expect(try await found(store, JobQuery(state: .done, error: "out")).isEmpty)
            #expect(try await found(store, JobQuery(worker: "no one")).isEmpty)
        },
        StoreCase("a tenant's jobs are found") { store, _ in
            var mine = NewJob(type: "t", queue: "q", payload: [])
            mine.tenant = "acme"
            _ = try await store.enqueue([mine, NewJob(type: "t", queue: "q", payload: [])])
            var query = JobQuery()
            query.tenant = "acme"
            #expect(try await found(store, query) == [mine.id])
            query.tenant = "acm"
            #expect(try await found(store, query).isEmpty)
        },
        StoreCase("bounds of time and place are exact") { store, _ in
            let base = Timestamp(milliseconds: 1_700_000_000_000)
            let jobs = (0..<5).map { number in
                let high = UInt64(base.milliseconds + Int64(number)) << 16
                return NewJob(id: JobID(high: high, low: UInt64(number)), type: "t", queue: "q", payload: [])
            }
            _ = try await store.enqueue(jobs)
            let ids = jobs.map(\.id)
            func at(_ microseconds: Int64) -> Timestamp { Timestamp(microseconds: base.microseconds + microseconds) }
            #expect(try await found(store, JobQuery(since: at(2000))) == [ids[4], ids[3], ids[2]])
            #expect(try await found(store, JobQuery(since: at(2001))) == [ids[4], ids[3]])
            #expect(try await found(store, JobQuery(until: at(2000))) == [ids[1], ids[0]])
            #expect(try await found(store, JobQuery(since: at(1000), until: at(3001))) == [ids[3], ids[2], ids[1]])
            #expect(try await found(store, JobQuery(since: at(3000), until: at(3000))).isEmpty)
            #expect(try await found(store, JobQuery(olderThan: ids[3])) == [ids[2], ids[1], ids[0]])
            #expect(try await found(store, JobQuery(olderThan: ids[3], since: at(2000))) == [ids[2]])
            #expect(try await found(store, JobQuery(olderThan: ids[0])).isEmpty)
            #expect(try await store.list(JobQuery(since: at(0))).total == nil)
            #expect(try await store.list(JobQuery(olderThan: ids[1])).total == 5)
        },
        StoreCase("pages by place cover all exactly once, while jobs are added") { store, _ in
            func job(_ number: Int) -> NewJob { Self.job(tags: ["all"], terms: ["odd": "\(number % 2)"]) }
            let jobs = (0..<33).map(job)
            _ = try await store.enqueue(jobs)
            let ids = Array(jobs.map(\.id).reversed())
            let odd = stride(from: 31, to: 0, by: -2).map { jobs[$0].id }
            let queries: [(JobQuery, [JobID])] = [
                (JobQuery(limit: 7), ids), (JobQuery(state: .queued, limit: 11), ids),
                (JobQuery(tag: "all", limit: 7), ids),
                (JobQuery(type: "t", limit: 32), ids), (JobQuery(type: "t", limit: 33), ids),
                (JobQuery(tag: "all", terms: ["odd": "1"], limit: 4), odd),
                (JobQuery(terms: ["odd": "1"], limit: 16), odd),
            ]
            for (query, wanted) in queries {
                var page = query
                var seen: [JobID] = []
                var pages = 0
                repeat {
                    let found = try await store.list(page)
                    seen += found.jobs.map(\.id)
                    page.olderThan = found.next
                    pages += 1
                    _ = try await store.enqueue([job(pages)])
                } while page.olderThan != nil && pages < 50
                let new = Set(seen).subtracting(ids).count
                #expect(seen.dropFirst(new) == wanted[...], "\(query)")
                // What is there at the beginning is all there is, and the last page knows that it is the last.
                #expect(pages == (wanted.count + new + query.limit - 1) / query.limit, "\(query)")
            }
        },
        StoreCase("jobs of a queue that is not searchable cost the index nothing") { store, _ in
            _ = try await store.setQueue("quiet", .with { $0.isSearchable = false })
            #expect(try await store.queues().first { $0.name == "quiet" }?.settings.isSearchable == false)
            let quiet = job(queue: "quiet", tags: ["vip"], terms: ["n": "1"])
            _ = try await store.enqueue([quiet, job(tags: ["vip"], terms: ["n": "1"])])
            #expect(try await store.record(quiet.id).tags == ["vip"])
            #expect(try await store.record(quiet.id).terms == ["n": "1"])
            #expect(try await store.list(JobQuery(tag: "vip")).total == 1)
            #expect(try await store.list(JobQuery(terms: ["n": "1"])).jobs.map(\.queue) == ["q"])
            // What holds is what held when the job was given.
            #expect(try await store.setQueue("quiet", .with { $0.isSearchable = true }).isEmpty)
            #expect(try await store.setQueue("q", .with { $0.isSearchable = false }).isSearchable == false)
            #expect(try await store.setQueue("q", .pause).isSearchable == false)
            let heard = job(queue: "quiet", tags: ["vip"])
            _ = try await store.enqueue([heard, job(tags: ["vip"])])
            #expect(try await store.list(JobQuery(tag: "vip")).jobs.map(\.queue) == ["quiet", "q"])
            #expect(try await store.check(repair: false).findings == [])
            await #expect(throws: StoreError.self) {
                try await store.setQueue(QueueSettings.all, .with { $0.isSearchable = false })
            }
        },
        StoreCase("what a prune takes leaves the index too") { store, clock in
            let jobs = (0..<20).map { _ in
                var job = NewJob(type: "t", queue: "q", payload: [], resultTTL: .zero)
                job.tags = ["gone"]
                job.terms = ["n": "1"]
                return job
            }
            _ = try await store.enqueue(jobs)
            for claim in try await store.claims() { _ = try await store.settle(claim.ticket, .done) }
            for job in jobs { try await clock.expired(store, job.id) }
            while try await store.prune(limit: 500) > 0 {}
            #expect(try await store.list(JobQuery(tag: "gone")) == JobPage(jobs: [], total: 0))
            #expect(try await store.list(JobQuery(terms: ["n": "1"])) == JobPage(jobs: [], total: 0))
            #expect(try await store.check(repair: false).findings == [])
        },
        StoreCase("periodic jobs, followers and dead letters are found as others are") { store, _ in
            var cron = job(tags: ["cron"], terms: ["n": "1"])
            cron.start = .now
            let entry = CronEntry(name: "c", schedule: "* * * * *", job: cron)
            try await store.putCron(entry, next: Timestamp(milliseconds: 1000))
            let kept = try #require(try await store.crons().first)
            #expect(kept.entry.job.terms == ["n": "1"])
            var fired = kept.entry.job
            fired.id = JobIDGenerator.shared.next()
            let slot = Timestamp(milliseconds: 1000)
            #expect(try await store.fireCron("c", slot: slot, next: nil, jobs: [fired]))
            #expect(try await found(store, JobQuery(tag: "cron", terms: ["n": "1"])) == [fired.id])
            let dead = job(tags: ["dead"], terms: ["n": "1"])
            try await store.bury(dead, error: "unreadable")
            #expect(try await found(store, JobQuery(terms: ["n": "1"])) == [dead.id, fired.id])
            #expect(try await found(store, JobQuery(tag: "dead", error: "READ")) == [dead.id])
            #expect(try await store.check(repair: false).findings == [])
        },
    ]
}
