import RoostJobs

@testable import RoostSysmon

/// 2025-12-28T14:02:11Z.
let noon: Int64 = 1_766_930_531_000_000

/// A moment so many seconds after a fixed one, on both clocks.
func moment(_ seconds: Double, from start: ContinuousClock.Instant) -> Moment {
    Moment(
        wall: Timestamp(microseconds: noon + Int64(seconds * 1_000_000)),
        steady: start + .milliseconds(Int64(seconds * 1000)))
}

func health(_ warnings: [String] = []) -> StoreHealth {
    StoreHealth(
        description: "redis://redis:6379 7.0.15", isReachable: true, durability: "appendfsync always",
        warnings: warnings,
        latency: .microseconds(400))
}

func counts(done: Int = 0, queued: Int = 0) -> StoreCounts {
    var totals = StoreCounts.Totals()
    totals.enqueued = done + queued
    totals.done = done
    return StoreCounts(queues: ["default": [.queued: queued, .done: done]], totals: totals)
}

func worker(
    _ number: Int, _ state: NodeState = .up, incarnation: UInt64 = 1, restarts: Int = 0
) -> MemberView {
    var member = MemberView(
        name: "worker@10.0.0.\(number):4370", role: "worker", incarnation: incarnation, state: state,
        heartbeatAge: .milliseconds(200))
    member.slots = 16
    member.busy = 15
    member.processed = 131
    member.started = Timestamp(microseconds: noon - 7_200_000_000)
    member.version = "1.2.0"
    member.duties = [.init(name: "claim", state: "running", restarts: restarts)]
    return member
}

/// A snapshot as a machine makes it.
func snapshot(
    _ members: [MemberView] = [worker(7), worker(8, .draining), worker(9, .lost)], away: Bool = false
) -> Snapshot {
    var machine = SnapshotMachine(configuration: SnapshotConfiguration())
    let start = ContinuousClock.now
    let view = ClusterView(members: members)
    for second in 0..<5 {
        _ = machine.onTick(
            .answered(counts(done: second * 398, queued: 1204), health()), view,
            now: moment(Double(second) - 5, from: start))
    }
    return machine.onTick(
        away ? .away("unavailable: connection refused", nil) : .answered(counts(done: 5 * 398, queued: 1204), health()),
        view,
        now: moment(0, from: start))
}

/// The last kinds and subjects of a snapshot's events, without the first, which is always the start.
func story(_ snapshot: Snapshot) -> [String] {
    snapshot.events.dropFirst().map { "\($0.kind.mark) \($0.subject) \($0.kind.verb)" }
}
