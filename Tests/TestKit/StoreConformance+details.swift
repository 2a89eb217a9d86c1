import RoostJobs
import Testing

extension StoreConformance {
    static let details: [StoreCase] = [
        StoreCase("details are what the job, its notes, its parents and its wait say one by one") {
            store, _ async throws in
            let parent = try await store.enqueue1(priority: 9)
            var child = NewJob(type: "t", queue: "q", payload: [0x7B, 0x7D])
            child.parents = [parent]
            _ = try await store.enqueue([child])
            let late = try await store.enqueue1(start: .after(.seconds(600)))
            let running = try await store.enqueue1(priority: 1)
            let claim = try await store.claim1()
            #expect(claim.job.id == running)
            _ = try await store.note(claim.ticket, progress: [0x31], log: ["line"])
            _ = try await store.cancel(running, reason: "enough")
            let failed = try await store.enqueue1(priority: 2)
            try await store.attempt(.retry(after: .zero, error: "first"))
            try await store.attempt(.failed(error: "second"))
            let done = try await store.enqueue1(priority: 2)
            try await store.attempt(.succeeded(result: [0x32]))
            for id in [parent, child.id, late, running, failed, done] {
                let details = try #require(try await store.details(id))
                #expect(try await store.job(id) == details.job)
                #expect(try await store.notes(id) == details.notes)
                #expect(try await store.parents(of: id) == details.parents)
                let waits = [.queued, .scheduled].contains(details.job.state)
                #expect(try await (waits ? store.waitReasons(id) : []) == details.waiting)
            }
            let notes = try #require(try await store.details(running)?.notes)
            #expect(notes.cancelReason == "enough")
            #expect(notes.progress == [0x31])
            #expect(try await store.details(failed)?.notes.failures.map(\.error) == ["first", "second"])
            #expect(try await store.details(done)?.job.result == [0x32])
            #expect(try await store.details(child.id)?.parents.map(\.id) == [parent])
        },
        StoreCase("there are no details of a job that is not there or whose time is over") {
            store, clock async throws in
            #expect(try await store.details(JobIDGenerator.shared.next()) == nil)
            let id = try await store.enqueue1(ttl: clock.short)
            try await store.attempt(.done)
            try await clock.expired(store, id)
            #expect(try await store.details(id) == nil)
        },
        StoreCase("many callers at once are told of the job each asked for, and where it stands") {
            store, _ async throws in
            let ids = try await store.enqueue(count: 40)
            let answers = try await withThrowingTaskGroup(of: (Int, JobDetails?).self) { group in
                for place in 0..<200 { group.addTask { (place, try await store.details(ids[place % 40])) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 200)
            for (place, details) in answers {
                #expect(details?.job.id == ids[place % 40])
                #expect(details?.waiting.last == .position(ahead: place % 40))
            }
        },
        StoreCase("jobs without features and with them keep their order and their replies in one call") {
            store, _ async throws in
            let twice = NewJob(type: "t", queue: "q", payload: [1])
            var keyed = NewJob(type: "t", queue: "q", payload: [2])
            keyed.uniqueKey = "k"
            let other = NewJob(type: "u", queue: "q", payload: [3])
            var patient = NewJob(type: "t", queue: "q", payload: [4])
            patient.maxAttempts = 7
            let last = NewJob(type: "t", queue: "q", payload: [5])
            for call in [[twice], [other, twice, patient, twice], [keyed, last], [keyed], [last, other]] {
                #expect(try await store.enqueue(call) == call.map { .accepted($0.id) })
            }
            let claims = try await store.claims(types: ["t"])
            #expect(claims.map(\.job.payload) == [[1], [4], [2], [5]])
            #expect(claims.map(\.job.maxAttempts) == [3, 7, 3, 3])
            #expect(try await store.claims().map(\.job.payload) == [[3]])
            #expect(try await store.counts().totals.enqueued == 5)
        },
        StoreCase("ends of every kind in one moment are each recorded as they were") { store, _ async throws in
            _ = try await store.enqueue(count: 30)
            let claims = try await store.claims()
            _ = try await store.cancel(claims[4].job.id, reason: "enough")
            let settlements = try await withThrowingTaskGroup(of: (Int, Settlement).self) { group in
                for (place, claim) in claims.enumerated() {
                    let outcome: Outcome =
                        switch place % 6 {
                        case 1: .failed(error: "e\(place)")
                        case 2: .retry(after: .zero, error: "r")
                        case 3: .released
                        default: .succeeded(result: [UInt8(place)])
                        }
                    let ticket = place % 6 == 5 ? claim.ticket.with(token: claim.ticket.token + 1000) : claim.ticket
                    group.addTask { (place, try await store.settle(ticket, outcome)) }
                }
                return try await group.reduce(into: [Int: Settlement]()) { $0[$1.0] = $1.1 }
            }
            for (place, claim) in claims.enumerated() {
                let job = try #require(try await store.job(claim.job.id))
                #expect(settlements[place] == (place % 6 == 5 ? .leaseLost : .settled))
                switch place % 6 {
                case 1: #expect(job.state == .failed && job.error == "e\(place)")
                case 2, 3: #expect(job.state == .queued)
                case 5: #expect(job.state == .running)
                default: #expect(job.state == .done && job.result == [UInt8(place)])
                }
            }
            let counts = try await store.counts().queues["q"]
            #expect(counts?[.done] == 10 && counts?[.failed] == 5 && counts?[.queued] == 10 && counts?[.running] == 5)
        },
    ]
}
