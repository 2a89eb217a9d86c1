import RoostJobs
import RoostTestKit
import Synchronization
import Testing

@testable import RoostStores

/// Callers that share round trips.
@Suite struct BatcherTests {
    /// A batcher whose first batch is held up until it is let go, and fails then; the others are carried at once.
    private final class Road: Sendable {
        let batcher: Batcher<Int, Int>
        private let gate: AsyncStream<Void>.Continuation
        private let batches: Batches

        /// What set out, batch by batch.
        private final class Batches: Sendable {
            let list = Mutex<[[Int]]>([])
        }

        init(patience: Duration, failure: StoreError) {
            let (opened, gate) = AsyncStream.makeStream(of: Void.self)
            let batches = Batches()
            (self.gate, self.batches) = (gate, batches)
            batcher = Batcher(limit: 10, flights: 1, patience: patience) { items throws(StoreError) in
                let turn = batches.list.withLock { list in
                    list.append(items)
                    return list.count
                }
                guard turn == 1 else { return items }
                for await _ in opened { break }
                throw failure
            }
        }

        var carried: [[Int]] { batches.list.withLock { $0 } }

        func open() { gate.finish() }
    }

    private func code(_ batcher: Batcher<Int, Int>, _ item: Int) async -> StoreError.Code? {
        do throws(StoreError) {
            _ = try await batcher.submit(item)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("when a batch finds the store away, those who wait for the next hear it with it, and later ones are tried")
    func away() async throws {
        let road = Road(patience: .zero, failure: StoreError(.unknown, "no reply"))
        let batcher = road.batcher
        async let first = code(batcher, 1)
        try await eventually("the first is under way") { road.carried == [[1]] }
        async let second = code(batcher, 2)
        async let third = code(batcher, 3)
        try await eventually("two wait") { batcher.waitingCount == 2 }
        road.open()
        #expect(await first == .unknown)
        // They were never sent: nothing can have happened.
        #expect(await [second, third] == [.unavailable, .unavailable])
        #expect(await code(batcher, 4) == nil)
        #expect(road.carried == [[1], [4]])
    }

    @Test("a batch that is refused at once does not speak for those who wait")
    func refused() async throws {
        let road = Road(patience: .seconds(3600), failure: StoreError(.unavailable, "refused"))
        let batcher = road.batcher
        async let first = code(batcher, 1)
        try await eventually("the first is under way") { road.carried == [[1]] }
        async let second = code(batcher, 2)
        try await eventually("one waits") { batcher.waitingCount == 1 }
        road.open()
        #expect(await first == .unavailable)
        #expect(await second == nil)
    }
}
