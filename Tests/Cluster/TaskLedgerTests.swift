import Testing

@testable import RoostCluster

@Suite("Task ledger")
struct TaskLedgerTests {
    private let spawner: TaskLedger.Watcher
    private let other: TaskLedger.Watcher

    init() throws {
        spawner = .init(member: try Fixture.member("api@a:1").id, reference: 1)
        other = .init(member: try Fixture.member("api@b:1").id, reference: 1)
    }

    @Test("the result goes to the spawner, the reason to all, and nobody is told twice")
    func ending() throws {
        var ledger = TaskLedger(maximumRunning: 10)
        let task = try Fixture.required(ledger.spawn(by: spawner))
        #expect(ledger.watch(task, other) == nil)
        #expect(ledger.watch(task, other) == nil)
        let notices = ledger.end(task, .init(reason: .normal, result: [1]))
        #expect(notices.map(\.watcher) == [spawner, other])
        #expect(notices.map(\.outcome.result) == [[1], []])
        #expect(ledger.end(task, .init(reason: .normal)).isEmpty)
    }

    @Test("who asks late hears at once how it ended, or that nobody knows")
    func late() throws {
        var ledger = TaskLedger(maximumRunning: 10, maximumEnded: 2)
        let tasks = try (0..<3).map { _ in try Fixture.required(ledger.spawn(by: spawner)) }
        for task in tasks { _ = ledger.end(task, .init(reason: .normal, result: [UInt8(task)])) }
        #expect(ledger.watch(tasks[0], spawner)?.outcome == .init(reason: .noproc))
        #expect(ledger.watch(tasks[2], spawner)?.outcome == .init(reason: .normal, result: [3]))
        #expect(ledger.watch(tasks[2], other)?.outcome == .init(reason: .normal))
    }

    @Test("results are kept within a budget of bytes")
    func bytes() throws {
        var ledger = TaskLedger(maximumRunning: 10, maximumEndedBytes: 100)
        let tasks = try (0..<3).map { _ in try Fixture.required(ledger.spawn(by: spawner)) }
        for task in tasks { _ = ledger.end(task, .init(reason: .normal, result: Array(repeating: 0, count: 60))) }
        #expect(ledger.watch(tasks[1], spawner)?.outcome.reason == .noproc)
        #expect(ledger.watch(tasks[2], spawner)?.outcome.reason == .normal)
    }

    @Test("a member that is gone watches nothing, and what it spawned is named")
    func gone() throws {
        var ledger = TaskLedger(maximumRunning: 10)
        let (own, foreign) = (
            try Fixture.required(ledger.spawn(by: spawner)), try Fixture.required(ledger.spawn(by: other))
        )
        _ = ledger.watch(foreign, spawner)
        #expect(ledger.memberEnded(spawner.member) == [own])
        #expect(ledger.end(foreign, .init(reason: .normal)).map(\.watcher) == [other])
        #expect(ledger.mayCancel(own, spawner.member) && !ledger.mayCancel(own, other.member))
    }
}
