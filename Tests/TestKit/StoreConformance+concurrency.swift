import RoostJobs
import Testing

extension StoreConformance {
    static let concurrency: [StoreCase] = [
        StoreCase("eight workers claim five hundred jobs, each exactly once") { store, clock in
            let ids = try await store.enqueue(count: 500)
            let claimed = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        var mine: [JobID] = []
                        while true {
                            let claims = try await store.claims(1 + worker, worker: "w\(worker)", lease: clock.long)
                            if claims.isEmpty { return mine }
                            for claim in claims {
                                mine.append(claim.job.id)
                                #expect(try await store.settle(claim.ticket, .done) == .settled)
                            }
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 500)
            #expect(Set(claimed) == Set(ids))
            let counts = try await store.counts()
            #expect(counts[.done] == 500)
            #expect(counts.totals.started == 500)
            #expect(counts.totals.done == 500)
        },
        StoreCase("producers and waiting workers side by side lose and repeat nothing") { store, clock in
            let (producers, each) = (4, 40)
            let done = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for _ in 0..<producers {
                    group.addTask {
                        for _ in 0..<each { try await store.enqueue1() }
                        return []
                    }
                }
                for worker in 0..<4 {
                    group.addTask {
                        var mine: [JobID] = []
                        while try await store.counts().totals.done < producers * each {
                            let claims = try await store.claim(
                                ClaimRequest(
                                    queues: ["q"], limit: 5, worker: "w\(worker)", lease: clock.long, wait: clock.short)
                            )
                            for claim in claims {
                                mine.append(claim.job.id)
                                #expect(try await store.settle(claim.ticket, .done) == .settled)
                            }
                        }
                        return mine
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(done.count == producers * each)
            #expect(Set(done).count == producers * each)
        },
        StoreCase("of twenty producers with one key exactly one is accepted") { store, _ in
            let results = try await withThrowingTaskGroup(of: Enqueued.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let job = NewJob(type: "t", queue: "q", payload: [], uniqueKey: "k")
                        return try #require(try await store.enqueue([job]).first)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let accepted = results.filter { if case .accepted = $0 { true } else { false } }
            #expect(accepted.count == 1)
            #expect(Set(results.map(\.id)).count == 1)
            #expect(try await store.counts().total == 1)
        },
        StoreCase("one job enqueued by ten tasks at once is one job") { store, _ in
            let job = NewJob(type: "t", queue: "q", payload: [])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        let results = try await store.enqueue([job])
                        #expect(results == [.accepted(job.id)])
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.claims().count == 1)
        },
        StoreCase("two hundred attempts settled at once are all recorded") { store, _ in
            _ = try await store.enqueue(count: 200)
            let claims = try await store.claims(200)
            #expect(claims.count == 200)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, claim) in claims.enumerated() {
                    group.addTask {
                        let outcome: Outcome =
                            number.isMultiple(of: 2) ? .succeeded(result: [UInt8(number)]) : .failed(error: "\(number)")
                        let settlement = try await store.settle(claim.ticket, outcome)
                        #expect(settlement == .settled)
                    }
                }
                try await group.waitForAll()
            }
            for (number, claim) in claims.enumerated() {
                let record = try await store.record(claim.job.id)
                if number.isMultiple(of: 2) {
                    #expect(record.result == [UInt8(number)])
                } else {
                    #expect(record.error == "\(number)")
                }
            }
            try await recount(store)
        },
        StoreCase("one ticket settled by ten tasks at once counts once") { store, _ in
            let id = try await store.enqueue1()
            let ticket = try await store.claim1().ticket
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        let settlement = try await store.settle(ticket, .done)
                        #expect(settlement == .settled)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.record(id).state == .done)
            #expect(try await store.counts()[.done] == 1)
            #expect(try await store.counts().totals.done == 1)
        },
        StoreCase("reads beside writes see whole records") { store, clock in
            let id = try await store.enqueue1(payload: [7])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<30 { try await store.attempt(.retry(after: .zero, error: "again")) }
                    try await store.attempt(.succeeded(result: [8]))
                }
                group.addTask {
                    while true {
                        let record = try await store.record(id)
                        #expect(record.payload == [7])
                        #expect((record.state == .done) == (record.result == [8]))
                        #expect((record.state == .done) == (record.finishedAt != nil))
                        if record.state == .done { return }
                    }
                }
                try await group.waitForAll()
            }
        },
    ]
}
