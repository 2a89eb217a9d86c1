import Testing

@testable import RoostJobs

@Suite("what the memory store keeps of jobs that are gone")
struct MemoryGrowthTests {
    private static let request = ClaimRequest(
        queues: ["default"], types: nil, limit: 100, worker: "w", lease: .seconds(3600), wait: .zero)

    /// Many rounds of a hundred jobs that end and are deleted a second later.
    private func rounds(
        _ count: Int, _ machine: inout MemoryMachine, now: inout Timestamp,
        _ change: (Int, inout NewJob) -> Void = { _, _ in }
    ) {
        for round in 0..<count {
            for number in 0..<100 {
                var job = NewJob(type: "a", payload: [], resultTTL: .seconds(1))
                change(round * 100 + number, &job)
                _ = machine.enqueue(job, now: now)
            }
            for claim in machine.claim(Self.request, now: now).claims {
                _ = machine.settle(claim.ticket, .succeeded(result: []), now: now)
            }
            now = now.advanced(by: .seconds(2))
            while machine.prune(limit: 100, retention: Retention(), now: now) > 0 {}
        }
    }

    @Test("neither their ends nor their leases")
    func heaps() {
        var machine = MemoryMachine()
        var now = Timestamp(microseconds: 1_000_000)
        rounds(50, &machine, now: &now)
        #expect(machine.entries.count == 0)
        #expect(machine.leases.count <= 200)
        #expect(machine.ends[.done]?.count ?? 0 <= 200)
        #expect(machine.expiries.count <= 200)
    }

    @Test("leases of jobs that ended do not pile up until a sweep, however many ran meanwhile")
    func leases() {
        var machine = MemoryMachine()
        let now = Timestamp(microseconds: 1_000_000)
        for _ in 0..<5000 {
            _ = machine.enqueue(NewJob(type: "a", payload: []), now: now)
            for claim in machine.claim(Self.request, now: now).claims {
                _ = machine.extend([claim.ticket], lease: .seconds(60), now: now.advanced(by: .seconds(1)))
                _ = machine.settle(claim.ticket, .succeeded(result: []), now: now)
            }
        }
        #expect(machine.leases.count <= 130)
    }

    @Test("and a lease that was kept is still taken back when it runs out")
    func lost() {
        var machine = MemoryMachine()
        var now = Timestamp(microseconds: 1_000_000)
        let kept = NewJob(type: "kept", payload: [])
        _ = machine.enqueue(kept, now: now)
        #expect(machine.claim(Self.request, now: now).claims.count == 1)
        rounds(20, &machine, now: &now)
        #expect(machine.reclaim(limit: 10, maxCrashes: 3, now: now).isEmpty)
        now = now.advanced(by: .seconds(3600))
        #expect(machine.reclaim(limit: 10, maxCrashes: 3, now: now).requeued == [kept.id])
    }

    @Test("nor keys whose period is over, nor requests nobody repeats any more")
    func keys() {
        var machine = MemoryMachine()
        var now = Timestamp(microseconds: 1_000_000)
        rounds(50, &machine, now: &now) { number, job in
            job.unique = UniqueRule(key: "k\(number)", period: .seconds(3))
            job.idempotency = IdempotencyKey(key: "r\(number)", digest: "d")
        }
        #expect(machine.keys.count <= 500)
        #expect(machine.requests.count == 5000, "those last longer than this took")
        now = now.advanced(by: IdempotencyKey.lifetime)
        rounds(60, &machine, now: &now) { number, job in
            job.idempotency = IdempotencyKey(key: "s\(number)", digest: "d")
        }
        #expect(machine.requests.count <= 6000)
    }
}
