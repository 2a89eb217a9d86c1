import RoostJobs
import Testing

/// A way to come to a state, and what is known of it then.
private enum Situation: String, CaseIterable {
    case scheduled, retrying, queued, released, reclaimed, running, done, failed, cancelled, calledOff, replayed

    var state: JobState {
        switch self {
        case .scheduled, .retrying: .scheduled
        case .queued, .released, .reclaimed, .replayed: .queued
        case .running: .running
        case .done: .done
        case .failed: .failed
        case .cancelled, .calledOff: .cancelled
        }
    }

    /// What brings a claimed job there; nil: it was never claimed, or settled later.
    private var outcome: Outcome? {
        switch self {
        case .retrying: .retry(after: .seconds(600), error: "e")
        case .released: .released
        case .done: .done
        case .failed, .replayed: .failed(error: "e")
        case .cancelled: .cancelled(reason: "r")
        case .scheduled, .queued, .reclaimed, .running, .calledOff: nil
        }
    }

    /// Whether the last attempt's ticket is known as settled: what was taken back has lost it.
    var isSettled: Bool { outcome != nil }

    /// Brings a new job there; returns its ticket, or one that was never given out.
    func make(_ store: any JobStore) async throws -> Claim.Ticket {
        let job = NewJob(type: "t", queue: "q", payload: [1], start: self == .scheduled ? .after(.seconds(600)) : .now)
        #expect(try await store.enqueue([job]) == [.accepted(job.id)])
        let forged = Claim.Ticket(id: job.id, token: 1 << 40, queue: "q", type: "t", priority: job.priority)
        switch self {
        case .scheduled, .queued: return forged
        case .calledOff:
            _ = try await store.cancel(job.id, reason: "r")
            return forged
        default: break
        }
        let ticket = try await store.claim1(worker: "matrix").ticket
        #expect(ticket.id == job.id)
        if let outcome { #expect(try await store.settle(ticket, outcome) == .settled) }
        if self == .reclaimed {
            let taken = try await store.reclaim(worker: "matrix", limit: 10, maxCrashes: 3)
            #expect(taken.requeued == [job.id])
        }
        if self == .replayed { #expect(try await store.replay(job.id) == .queued) }
        return ticket
    }
}

/// One thing that is done to a job, and what must come of it.
private struct Operation: Sendable {
    let name: String
    /// The state after it; nil: the job is gone.
    let next: @Sendable (Situation) -> JobState?
    /// Does it, and checks the answer.
    let body: @Sendable (any JobStore, Situation, Claim.Ticket) async throws -> Void

    /// Something that changes running jobs alone.
    private static func settle(_ name: String, _ outcome: Outcome, _ next: JobState, isStale: Bool) -> Operation {
        Operation(name: name + (isStale ? " with another ticket" : "")) { situation in
            situation == .running && !isStale ? next : situation.state
        } body: { store, situation, ticket async throws in
            let ticket = isStale ? ticket.with(token: ticket.token + 1) : ticket
            let isKnown = !isStale && (situation == .running || situation.isSettled)
            #expect(try await store.settle(ticket, outcome) == (isKnown ? .settled : .leaseLost))
        }
    }

    private static let settling: [Operation] = [false, true].flatMap { isStale in
        [
            settle("success", .succeeded(result: [2]), .done, isStale: isStale),
            settle("failure", .failed(error: "f"), .failed, isStale: isStale),
            settle("retry now", .retry(after: .zero, error: "f"), .queued, isStale: isStale),
            settle("retry later", .retry(after: .seconds(600), error: "f"), .scheduled, isStale: isStale),
            settle("release", .released, .queued, isStale: isStale),
            settle("snooze", .snoozed(.seconds(600)), .scheduled, isStale: isStale),
            settle("cancellation", .cancelled(reason: "c"), .cancelled, isStale: isStale),
        ]
    }

    private static let holding: [Operation] = [false, true].flatMap { isStale in
        let suffix = isStale ? " with another ticket" : ""
        @Sendable func holds(_ situation: Situation) -> Bool { situation == .running && !isStale }
        return [
            Operation(name: "extend" + suffix, next: { $0.state }) { store, situation, ticket async throws in
                let ticket = isStale ? ticket.with(token: ticket.token + 1) : ticket
                let lost = try await store.lost([ticket], lease: .seconds(600))
                #expect(lost == (holds(situation) ? [] : [ticket]))
            },
            Operation(name: "note" + suffix, next: { $0.state }) { store, situation, ticket async throws in
                let ticket = isStale ? ticket.with(token: ticket.token + 1) : ticket
                let noted = try await store.note(ticket, progress: [0x31], log: ["line"])
                #expect(noted == (holds(situation) ? .settled : .leaseLost))
                #expect(try await store.notes(ticket.id)?.progress == (holds(situation) ? [0x31] : nil))
            },
        ]
    }

    private static let others: [Operation] = [
        Operation(name: "claim", next: { $0.state == .queued ? .running : $0.state }) {
            store, situation, ticket async throws in
            let claims = try await store.claims()
            #expect(claims.map(\.job.id) == (situation.state == .queued ? [ticket.id] : []))
            #expect(claims.allSatisfy { $0.ticket.token != ticket.token })
        },
        Operation(name: "enqueue again", next: { $0.state }) { store, _, ticket async throws in
            let job = NewJob(id: ticket.id, type: "t", queue: "q", payload: [9])
            #expect(try await store.enqueue([job]) == [.accepted(ticket.id)])
        },
        Operation(name: "bury", next: { $0.state }) { store, _, ticket async throws in
            try await store.bury(NewJob(id: ticket.id, type: "t", queue: "q", payload: [9]), error: "b")
        },
        Operation(name: "cancel") { situation in
            situation.state == .scheduled || situation.state == .queued ? .cancelled : situation.state
        } body: { store, situation, ticket async throws in
            let expected: Cancellation =
                switch situation.state {
                case .scheduled, .queued: .cancelled
                case .running: .requested(worker: "matrix")
                case .done, .failed, .cancelled: .ended(situation.state)
                }
            #expect(try await store.cancel(ticket.id, reason: "c") == expected)
        },
        Operation(name: "replay") { situation in
            situation.state == .failed || situation.state == .cancelled ? .queued : situation.state
        } body: { store, situation, ticket async throws in
            let mayReplay = situation.state == .failed || situation.state == .cancelled
            #expect(try await store.replay(ticket.id) == (mayReplay ? .queued : .refused(situation.state)))
        },
        Operation(name: "delete", next: { $0 == .running ? .running : nil }) { store, situation, ticket async throws in
            #expect(try await store.delete(ticket.id) == (situation == .running ? .running : .deleted))
        },
        Operation(name: "reclaim", next: { $0 == .running ? .queued : $0.state }) {
            store, situation, ticket async throws in
            #expect(try await store.reclaim(limit: 10, maxCrashes: 3).count == 0)
            let taken = try await store.reclaim(worker: "matrix", limit: 10, maxCrashes: 3)
            #expect(taken.requeued == (situation == .running ? [ticket.id] : []))
            #expect(taken.count == taken.requeued.count)
            #expect(try await store.settle(ticket, .done) == (situation.isSettled ? .settled : .leaseLost))
        },
        Operation(name: "reclaim of the last crash", next: { $0 == .running ? .failed : $0.state }) {
            store, situation, ticket async throws in
            let taken = try await store.reclaim(worker: "matrix", limit: 10, maxCrashes: 1)
            #expect(taken.dead == (situation == .running ? [ticket.id] : []))
        },
        Operation(name: "promotion before its time", next: { $0.state }) { store, _, _ async throws in
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 0)
        },
        Operation(name: "prune", next: { $0.state }) { store, _, _ async throws in
            #expect(try await store.prune(limit: 10) == 0)
        },
        Operation(name: "prune of all that ended", next: { $0.state.isFinal ? nil : $0.state }) {
            store, situation, _ async throws in
            let none = Retention(done: 0, failed: 0, cancelled: 0)
            #expect(try await store.prune(limit: 10, retention: none) == (situation.state.isFinal ? 1 : 0))
        },
        Operation(name: "check", next: { $0.state }) { store, _, _ async throws in
            #expect(try await store.check(repair: true).findings == [])
        },
    ]

    static let all = settling + holding + others
}

extension StoreConformance {
    /// Every state, by every way to it, and every operation: the answer and the state after it. Generated, so that no pair is
    /// forgotten.
    static let matrix: [StoreCase] = Situation.allCases.map { situation in
        StoreCase("whatever is done to a job that is \(situation), it is where the table of states says") {
            store, _ async throws in
            for operation in Operation.all { try await check(operation, situation, store) }
        }
    }

    private static func check(_ operation: Operation, _ situation: Situation, _ store: any JobStore) async throws {
        let what: Comment = "\(situation): \(operation.name)"
        let ticket = try await situation.make(store)
        let before = try await store.record(ticket.id)
        #expect(before.state == situation.state, what)
        try await operation.body(store, situation, ticket)
        let expected = operation.next(situation)
        let after = try await store.job(ticket.id)
        #expect(after?.state == expected, what)
        #expect(after.map { $0.payload == [1] } ?? true, what)
        if let expected, expected == situation.state {
            #expect(after == before || operation.name == "extend", what)
        } else if let expected {
            #expect(situation.state.canBecome(expected), what)
        }
        let counts = try await store.counts()
        for state in JobState.allCases { #expect(counts[state] == (state == expected ? 1 : 0), what) }
        #expect(try await store.check(repair: false).findings == [], what)
        // Room for the next one.
        if after?.state == .running {
            _ = try await store.cancel(ticket.id, reason: "x")
            for worker in ["matrix", "w"] { _ = try await store.reclaim(worker: worker, limit: 10, maxCrashes: 3) }
        }
        if after != nil { #expect(try await store.delete(ticket.id) == .deleted, what) }
    }
}
