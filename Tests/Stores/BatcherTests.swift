import RoostJobs
import RoostTestKit
import Synchronization
import Testing

@testable import RoostStores

/// Callers that share round trips.
@Suite struct BatcherTests {
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
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let carried = Mutex<[[Int]]>([])
        let batcher = Batcher<Int, Int>(limit: 10, flights: 1, patience: .zero) { items throws(StoreError) in
            let turn = carried.withLock { carried in
                carried.append(items)
                return carried.count
            }
            guard turn == 1 else { return items }
            for await _ in gate { break }
            throw StoreError(.unknown, "no reply")
        }
        async let first = code(batcher, 1)
        try await eventually("the first is under way") { carried.withLock { $0 == [[1]] } }
        async let second = code(batcher, 2)
        async let third = code(batcher, 3)
        try await eventually("two wait") { batcher.waitingCount == 2 }
        opener.finish()
        #expect(await first == .unknown)
        // They were never sent: nothing can have happened.
        #expect(await [second, third] == [.unavailable, .unavailable])
        #expect(await code(batcher, 4) == nil)
        #expect(carried.withLock { $0 } == [[1], [4]])
    }

    @Test("a batch that is refused at once does not speak for those who wait")
    func refused() async throws {
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let carried = Mutex<[[Int]]>([])
        let batcher = Batcher<Int, Int>(limit: 10, flights: 1, patience: .seconds(3600)) { items throws(StoreError) in
            let turn = carried.withLock { carried in
                carried.append(items)
                return carried.count
            }
            guard turn == 1 else { return items }
            for await _ in gate { break }
            throw StoreError(.unavailable, "refused")
        }
        async let first = code(batcher, 1)
        try await eventually("the first is under way") { carried.withLock { $0 == [[1]] } }
        async let second = code(batcher, 2)
        try await eventually("one waits") { batcher.waitingCount == 1 }
        opener.finish()
        #expect(await first == .unavailable)
        #expect(await second == nil)
    }
}
