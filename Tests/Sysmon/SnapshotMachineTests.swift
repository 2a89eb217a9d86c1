import RoostJobs
import Testing

@testable import RoostSysmon

@Suite("the snapshot machine")
struct SnapshotMachineTests {
    private let start = ContinuousClock.now

    /// Feeds one list of members a second and returns the last snapshot.
    private func play(_ steps: [[MemberView]]) -> Snapshot {
        var machine = SnapshotMachine(configuration: SnapshotConfiguration())
        var last = machine.onTick(
            .answered(counts(), health()), ClusterView(members: steps[0]), now: moment(0, from: start))
        for (second, members) in steps.enumerated().dropFirst() {
            last = machine.onTick(
                .answered(counts(), health()), ClusterView(members: members), now: moment(Double(second), from: start))
        }
        return last
    }

    @Test(
        "a change of a member is one event",
        arguments: [
            ([NodeState.up, .up], []), ([.up, .lost], ["- w lost"]), ([.up, .left], ["- w left"]),
            ([.up, .lost, .up], ["- w lost", "+ w returned"]), ([.up, .draining], ["~ w draining"]),
            ([.up, .draining, .up], ["~ w draining", "+ w resumed"]), ([.up, .left, .up], ["- w left", "+ w joined"]),
            ([.draining, .lost, .lost, .left], ["- w lost", "- w left"]), ([.lost, .draining], ["+ w returned"]),
        ] as [([NodeState], [String])])
    func changes(states: [NodeState], expected: [String]) {
        let snapshot = play(states.map { [MemberView(name: "w", role: "worker", state: $0)] })
        #expect(story(snapshot) == expected)
    }

    @Test("members that were there at the start did not join; later ones did")
    func joins() {
        #expect(story(play([[worker(1)], [worker(1), worker(2)]])) == ["+ worker@10.0.0.2:4370 joined"])
        #expect(story(play([[], [worker(2, .left), worker(3, .lost)]])).isEmpty)
    }

    @Test("another life of the same name joins again")
    func incarnations() {
        let snapshot = play([[worker(1)], [worker(1, incarnation: 2)]])
        #expect(story(snapshot) == ["+ worker@10.0.0.1:4370 joined"])
        #expect(snapshot.events.last?.detail == "a new process of that name")
        #expect(snapshot.nodes[0].since == noon + 1_000_000)
    }

    @Test("a member that disappears left if it was up, and is forgotten silently if it was lost")
    func disappears() {
        #expect(story(play([[worker(1), worker(2, .lost)], []])) == ["- worker@10.0.0.1:4370 left"])
    }

    @Test("a duty that was restarted is an event, but not with a new process")
    func duties() {
        #expect(story(play([[worker(1)], [worker(1, restarts: 2)]])) == ["! worker@10.0.0.1:4370 duty restarted"])
        #expect(story(play([[worker(1, restarts: 3)], [worker(1, incarnation: 2, restarts: 4)]])).count == 1)
    }

    @Test("the time of a state stays while the state does")
    func since() {
        var machine = SnapshotMachine(configuration: SnapshotConfiguration())
        var member = worker(1, .lost)
        member.stateAge = .seconds(30)
        var snapshot = machine.onTick(
            .answered(counts(), health()), .init(members: [member]), now: moment(0, from: start))
        #expect(snapshot.nodes[0].since == noon - 30_000_000)
        member.stateAge = .seconds(32)
        snapshot = machine.onTick(.answered(counts(), health()), .init(members: [member]), now: moment(1, from: start))
        #expect(snapshot.nodes[0].since == noon - 30_000_000)
    }

    @Test("while the store is away its numbers stay, marked with the time they were true, and members go on")
    func stale() {
        var machine = SnapshotMachine(configuration: SnapshotConfiguration())
        _ = machine.onTick(
            .answered(counts(queued: 7), health()), .init(members: [worker(1)]), now: moment(0, from: start))
        var last = machine.onTick(
            .away("connection refused", nil), .init(members: [worker(1)]), now: moment(1, from: start))
        #expect(last.totals.queued == 7)
        #expect(last.store.staleSince == noon)
        #expect(last.store.error == "connection refused")
        #expect(last.store.description == "redis://redis:6379 7.0.15")
        #expect(!last.store.reachable)
        last = machine.onTick(
            .away("connection refused", nil), .init(members: [worker(2)]), now: moment(2, from: start))
        #expect(last.store.staleSince == noon)
        #expect(last.nodes.map(\.name) == ["worker@10.0.0.2:4370"])
        last = machine.onTick(
            .answered(counts(queued: 9), health()), .init(members: [worker(2)]), now: moment(3, from: start))
        #expect(last.store.staleSince == nil && last.store.reachable && last.totals.queued == 9)
        #expect(
            story(last) == [
                "! store lost", "+ worker@10.0.0.2:4370 joined", "- worker@10.0.0.1:4370 left", "+ store back",
            ])
        #expect(last.events.last?.detail == "after 3.0s")
    }

    @Test("a store that never answered is stale since it was first asked")
    func neverThere() {
        var machine = SnapshotMachine(configuration: SnapshotConfiguration())
        _ = machine.onTick(.away("no", nil), .init(), now: moment(0, from: start))
        let last = machine.onTick(.away("no", nil), .init(), now: moment(5, from: start))
        #expect(last.store.staleSince == noon && last.store.durability == "unknown")
        #expect(story(last) == ["! store lost"])
    }

    @Test("the registry's state has the time of its last change")
    func registry() {
        var machine = SnapshotMachine(configuration: SnapshotConfiguration())
        func tick(_ second: Double, _ degraded: Duration?) -> Snapshot {
            machine.onTick(
                .answered(counts(), health()), .init(registryDegradedFor: degraded), now: moment(second, from: start))
        }
        #expect(tick(0, nil).registry == RegistryStatus(state: .ok, since: noon))
        #expect(tick(1, .milliseconds(500)).registry == RegistryStatus(state: .degraded, since: noon + 500_000))
        #expect(tick(2, .milliseconds(1500)).registry.since == noon + 500_000)
        #expect(tick(3, nil).registry == RegistryStatus(state: .ok, since: noon + 3_000_000))
        #expect(story(tick(4, nil)) == ["! registry degraded", "+ registry recovered"])
    }

    @Test("a new warning of the store is one event")
    func warnings() {
        var machine = SnapshotMachine(configuration: SnapshotConfiguration())
        _ = machine.onTick(.answered(counts(), health()), .init(), now: moment(0, from: start))
        _ = machine.onTick(.answered(counts(), health(["disk full"])), .init(), now: moment(1, from: start))
        let last = machine.onTick(.answered(counts(), health(["disk full"])), .init(), now: moment(2, from: start))
        #expect(story(last) == ["! store warning"])
    }

    @Test("nothing grows beyond its limit, and impossible numbers are tamed")
    func limits() {
        var configuration = SnapshotConfiguration()
        (configuration.events, configuration.nodes, configuration.queues, configuration.text) = (5, 3, 2, 10)
        var machine = SnapshotMachine(configuration: configuration)
        var members = (1...9).map { worker($0) }
        members[0].busy = -4
        members[0].processed = .max
        members[0].version = String(repeating: "v", count: 10_000)
        var queues = Dictionary(uniqueKeysWithValues: (1...4).map { ("q\($0)", [JobState.queued: Int.max]) })
        queues["q1"] = [.queued: -5]
        for second in 0..<20 {
            _ = machine.onTick(
                .answered(StoreCounts(queues: queues), health()),
                .init(members: second % 2 == 0 ? members : []), now: moment(Double(second), from: start))
        }
        let last = machine.onTick(
            .answered(StoreCounts(queues: queues), health()), .init(members: members), now: moment(20, from: start))
        #expect(last.events.count == 5)
        #expect(last.nodes.count == 3 && last.hidden.nodes == 6)
        #expect(last.queues.map(\.name) == ["q1", "q2"] && last.hidden.queues == 2)
        #expect(last.queues[0].counts.queued == 0 && last.totals.queued == StateCounts.largest)
        #expect(last.nodes[0].busy == 0 && last.nodes[0].processed == StateCounts.largest)
        #expect(last.nodes[0].version == "vvvvvvvvvv")
    }
}
