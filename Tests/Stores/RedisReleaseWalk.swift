import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// Jobs that an earlier release and this one accept, run, lose and end side by side, as a seed says.
struct RedisReleaseWalk {
    private let store: RedisStreamStore
    private let old: ReleasedScripts
    private var random: SeededGenerator
    private(set) var accepted: Set<JobID> = []
    private(set) var pruned = 0
    private(set) var cancelled: Set<JobID> = []
    /// How often the end of each was recorded.
    private(set) var ends: [JobID: Int] = [:]
    private var mine: [Claim] = []
    private var theirs: [ReleasedScripts.Claimed] = []

    init(store: RedisStreamStore, old: ReleasedScripts, seed: UInt64) {
        self.store = store
        self.old = old
        random = SeededGenerator(seed: seed)
    }

    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    private mutating func flip() -> Bool { Bool.random(using: &random) }

    mutating func step() async throws {
        switch pick(14) {
        case 0, 1: try await enqueue()
        case 2...4: try await claim()
        case 5, 6: try await settleMine()
        case 7, 8: try await settleTheirs()
        case 9: try await extend()
        case 10:
            if flip() { try await old.promote() } else { _ = try await store.promoteDue(limit: 10, wait: .zero) }
        case 11:
            if flip() { try await old.reclaim() } else { _ = try await store.reclaim(limit: 10, maxCrashes: 1000) }
        case 12: try await prune()
        default: try await cancel()
        }
    }

    private mutating func enqueue() async throws {
        let ids = (0...pick(4)).map { _ in JobIDGenerator.shared.next() }
        switch pick(4) {
        case 0: try await old.enqueuePlain(ids)
        case 1: for id in ids { try await old.enqueue(id, type: "u", when: flip() ? "+1000" : "") }
        default:
            let start: NewJob.Start = flip() ? .after(.milliseconds(1)) : .now
            // Of jobs that have failed once, an earlier pruner leaves what it does not know.
            let ttl: Duration = old.release > 1 && flip() ? .milliseconds(1) : .seconds(3600)
            let jobs = ids.map { NewJob(id: $0, type: "t", queue: "q", payload: [], resultTTL: ttl, start: start) }
            #expect(try await store.enqueue(jobs) == ids.map { .accepted($0) })
        }
        accepted.formUnion(ids)
    }

    private mutating func claim() async throws {
        // Some are lost at once.
        let isLost = pick(4) == 0
        if flip() {
            let claims = try await old.claim("old", limit: 1 + pick(4), lease: isLost ? .zero : .seconds(600))
            if !isLost { theirs += claims }
        } else {
            let claims = try await store.claims(1 + pick(4), lease: isLost ? .milliseconds(1) : .seconds(600))
            if !isLost { mine += claims }
        }
    }

    private mutating func settleMine() async throws {
        guard !mine.isEmpty else { return }
        let claim = mine.remove(at: pick(mine.count))
        let outcomes: [Outcome] = [
            .done, .done, .failed(error: "x"), .retry(after: .milliseconds(1), error: "x"), .released,
        ]
        let outcome = outcomes[pick(outcomes.count)]
        let settled = try await store.settle(claim.ticket, outcome) == .settled
        guard settled else { return }
        switch outcome {
        case .succeeded, .failed: ends[claim.job.id, default: 0] += 1
        default: break
        }
    }

    private mutating func settleTheirs() async throws {
        guard !theirs.isEmpty else { return }
        let claim = theirs.remove(at: pick(theirs.count))
        let letter = ["d", "d", "f", "y", "b"][pick(5)]
        let settled =
            if letter == "d" {
                try await old.done([claim]) == [true]
            } else {
                try await old.settle(claim, letter, "x", span: letter == "f" ? 3_600_000_000 : letter == "y" ? 1000 : 0)
            }
        if settled && (letter == "d" || letter == "f") { ends[claim.id, default: 0] += 1 }
    }

    private mutating func extend() async throws {
        // Either may keep what the other has claimed: a claim is a token.
        if let claim = theirs.first { #expect(try await old.extend(claim, lease: .seconds(600))) }
        if let claim = mine.first { #expect(try await store.lost([claim.ticket], lease: .seconds(600)).isEmpty) }
    }

    private mutating func prune() async throws {
        if flip() {
            pruned += Int(try await old.prune() ?? 0)
        } else {
            pruned += try await store.prune(limit: 100)
        }
    }

    private mutating func cancel() async throws {
        // The first release knows no wish to cancel.
        guard old.release > 1, let id = accepted.randomElement(using: &random) else { return }
        guard let job = try await store.job(id), job.state == .queued || job.state == .scheduled else { return }
        if flip() {
            #expect(try await old.call("cancel", [id.description, "x"]).elements?.first?.text == "c")
        } else {
            #expect(try await store.cancel(id, reason: "x") == .cancelled)
        }
        cancelled.insert(id)
    }

    /// Ends all that is left, and takes back what was lost.
    mutating func drain() async throws {
        for claim in mine where try await store.settle(claim.ticket, .done) == .settled {
            ends[claim.job.id, default: 0] += 1
        }
        for claim in theirs where try await old.done([claim]) == [true] { ends[claim.id, default: 0] += 1 }
        mine = []
        theirs = []
        try await eventually("all have ended") {
            _ = try await store.promoteDue(limit: 100, wait: .zero)
            _ = try await store.reclaim(limit: 100, maxCrashes: 1000)
            for claim in try await old.claim("old", limit: 5) where try await old.done([claim]) == [true] {
                ends[claim.id, default: 0] += 1
            }
            for claim in try await store.claims(5) where try await store.settle(claim.ticket, .done) == .settled {
                ends[claim.job.id, default: 0] += 1
            }
            let counts = try await store.counts()
            return counts[.queued] + counts[.scheduled] + counts[.running] == 0
        }
    }
}
