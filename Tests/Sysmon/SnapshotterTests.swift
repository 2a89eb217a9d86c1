import RoostJobs
import Synchronization
import Testing

@testable import RoostSysmon

@Suite("the snapshotter", .timeLimit(.minutes(2)))
struct SnapshotterTests {
    private var quick: SnapshotConfiguration {
        var configuration = SnapshotConfiguration()
        configuration.interval = .milliseconds(100)
        configuration.patience = .milliseconds(100)
        return configuration
    }

    /// Waits for the first snapshot of which something holds.
    private func first(
        in feed: SnapshotFeed, where condition: (Snapshot) -> Bool
    ) async -> Snapshot? {
        var seen: Int?
        while let snapshot = await feed.next(after: seen) {
            if condition(snapshot) { return snapshot }
            seen = snapshot.sequence
        }
        return nil
    }

    @Test("it shows what the store and the members say, survives an outage, and finishes its feed")
    func outage() async throws {
        let store = MemoryStore()
        _ = try await store.enqueue([
            NewJob(type: "noop", payload: Array("{}".utf8)), NewJob(type: "noop", payload: Array("{}".utf8)),
        ])
        let isAway = Atomic(false)
        let snapshotter = Snapshotter(
            counts: {
                if isAway.load(ordering: .relaxed) { throw StoreError(.unavailable, "pulled the plug") }
                return try await store.counts()
            }, health: { await store.health() }, members: { ClusterView(members: [worker(1)]) }, configuration: quick)
        let feed = snapshotter.feed
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await snapshotter.run() }
            let up = await first(in: feed) { $0.store.reachable }
            #expect(up?.totals.queued == 2 && up?.nodes.count == 1)
            isAway.store(true, ordering: .relaxed)
            let away = await first(in: feed) { !$0.store.reachable }
            #expect(away?.totals.queued == 2 && away?.store.staleSince != nil)
            #expect(away?.store.error == "unavailable: pulled the plug")
            isAway.store(false, ordering: .relaxed)
            let back = await first(in: feed) { $0.store.reachable && $0.sequence > away?.sequence ?? 0 }
            #expect(back?.store.staleSince == nil)
            group.cancelAll()
        }
        #expect(feed.isFinished)
        #expect(await feed.next(after: feed.latest?.sequence) == nil)
    }

    @Test("a store that does not even say no makes the snapshot stale; members go on")
    func hangs() async {
        let answer = WakeSignal()
        let asked = Atomic(0)
        let snapshotter = Snapshotter(
            counts: {
                if asked.add(1, ordering: .relaxed).newValue > 1 {
                    await answer.wait(after: answer.generation, upTo: .seconds(60))
                }
                return counts(queued: 3)
            }, health: { health() }, members: { ClusterView(members: [worker(1)]) }, configuration: quick)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await snapshotter.run() }
            let stale = await first(in: snapshotter.feed) { !$0.store.reachable }
            #expect(stale?.totals.queued == 3 && stale?.store.staleSince != nil)
            let later = await first(in: snapshotter.feed) { $0.sequence > (stale?.sequence ?? 0) + 1 }
            #expect(later?.nodes.count == 1)
            answer.notify()
            let back = await first(in: snapshotter.feed) { $0.store.reachable && $0.sequence > later?.sequence ?? 0 }
            #expect(back != nil)
            group.cancelAll()
        }
    }

    @Test("several consumers share one snapshot; who is late gets the newest only")
    func sharing() async {
        let feed = SnapshotFeed()
        var one = snapshot()
        one.sequence = 1
        async let early = feed.next(after: nil)
        feed.publish(one)
        #expect(await early?.sequence == 1)
        for sequence in 2...9 {
            one.sequence = sequence
            feed.publish(one)
        }
        #expect(await feed.next(after: 1)?.sequence == 9)
        #expect(await feed.next(after: nil)?.sequence == 9)
        #expect(await feed.next(after: 9, upTo: .milliseconds(1)) == nil)
        feed.finish()
        one.sequence = 10
        feed.publish(one)
        #expect(feed.latest?.sequence == 9)
    }

    @Test("a cancelled consumer stops waiting")
    func cancelling() async {
        let feed = SnapshotFeed()
        await withTaskGroup(of: Snapshot?.self) { group in
            group.addTask { await feed.next(after: nil) }
            group.cancelAll()
            #expect(await group.next() == .some(nil))
        }
    }
}
