import RoostTestKit
import Synchronization
import Testing

@testable import RoostNode

@Suite("a thread of its own", .timeLimit(.minutes(2)))
struct ThreadExecutorTests {
    @Test("timers fire in order of their deadlines, and those taken back do not")
    func timerOrder() {
        let start = ContinuousClock.now
        var queue = TimerQueue()
        let fired = Fired()
        var ids: [TimerQueue.ID] = []
        for index in [5, 1, 4, 2, 3] {
            ids.append(queue.insert(start + .seconds(index)) { fired.add(index) })
        }
        queue.remove(ids[2])
        #expect(queue.next() == start + .seconds(1))
        for action in queue.popDue(start + .seconds(3)) { action() }
        #expect(fired.all == [1, 2, 3])
        #expect(queue.next() == start + .seconds(5))
        for action in queue.popDue(start + .seconds(9)) { action() }
        #expect(fired.all == [1, 2, 3, 5])
        #expect(queue.next() == nil)
    }

    @Test("thousands of timers come and go in any order")
    func manyTimers() {
        let start = ContinuousClock.now
        var queue = TimerQueue()
        var generator = SeededGenerator(seed: 7)
        let fired = Fired()
        var expected: [Int] = []
        for _ in 0..<3000 {
            let at = Int.random(in: 0..<100_000, using: &generator)
            let id = queue.insert(start + .milliseconds(at)) { fired.add(at) }
            if Bool.random(using: &generator) { queue.remove(id) } else { expected.append(at) }
        }
        for action in queue.popDue(start + .seconds(1000)) { action() }
        #expect(fired.all == expected.sorted())
    }

    @Test("a sleep on the executor ends in time and throws when cancelled")
    func sleeps() async throws {
        let executor = try ThreadExecutor()
        try await executor.sleep(for: .milliseconds(5))
        let sleeper = Task(executorPreference: executor) { try await executor.sleep(for: .seconds(3600)) }
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
    }

    @Test("a notification between looking and waiting is not lost")
    func eventIsNotLost() async throws {
        let event = Event(try ThreadExecutor())
        let generation = event.generation
        event.notify()
        await event.wait(after: generation)
    }

    @Test("a thousand waiters are woken by one notification")
    func wakesAll() async throws {
        let event = Event(try ThreadExecutor())
        let started = Counter()
        await withDiscardingTaskGroup { group in
            let generation = event.generation
            for _ in 0..<1000 {
                group.addTask {
                    started.up()
                    await event.wait(after: generation, upTo: .seconds(3600))
                }
            }
            event.notify()
        }
        #expect(started.value == 1000)
    }
}

/// What fired, in order.
private final class Fired: Sendable {
    private let list = Mutex<[Int]>([])
    var all: [Int] { list.withLock { $0 } }
    func add(_ number: Int) { list.withLock { $0.append(number) } }
}
