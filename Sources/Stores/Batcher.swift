import RoostJobs
import Synchronization

/// Lets concurrent callers share one round trip: while one batch is under way the next gathers.
///
/// Nothing waits for a timer: the first caller's item leaves at once, and what comes in the meantime leaves together. When
/// the store is found away, those who waited in the meantime hear it too: each of them would wait as long once more.
final class Batcher<Item: Sendable, Reply: Sendable>: Sendable {
    private struct Waiting {
        let item: Item
        let weight: Int
        let continuation: CheckedContinuation<Result<Reply, StoreError>, Never>
    }

    private struct State {
        var waiting: [Waiting] = []
        var flying = 0
    }

    private let state = Mutex(State())
    private let limit: Int
    private let flights: Int
    private let patience: Duration
    private let perform: @Sendable ([Item]) async throws(StoreError) -> [Reply]

    /// Batches of at most `limit` weight, at most `flights` of them under way; `perform` answers each item, in order. A batch
    /// that failed after `patience` ran into a deadline, and was not refused or cut off.
    init(
        limit: Int, flights: Int, patience: Duration = .milliseconds(300),
        perform: @escaping @Sendable ([Item]) async throws(StoreError) -> [Reply]
    ) {
        self.limit = limit
        self.flights = flights
        self.patience = patience
        self.perform = perform
    }

    /// The item's reply. Cancelling the caller does not take the item back: it may be on its way.
    func submit(_ item: Item, weight: Int = 1) async throws(StoreError) -> Reply {
        let result = await withCheckedContinuation { continuation in
            let start = state.withLock { state in
                state.waiting.append(Waiting(item: item, weight: weight, continuation: continuation))
                guard state.flying < flights else { return false }
                state.flying += 1
                return true
            }
            if start {
                // Awaited by every caller whose item it carries, through their continuations.
                Task { await self.fly() }
            }
        }
        return try result.get()
    }

    private func fly() async {
        while let batch = next() {
            let start = ContinuousClock.now
            do throws(StoreError) {
                let replies = try await perform(batch.map(\.item))
                guard replies.count == batch.count else {
                    throw StoreError(.corrupt, "\(replies.count) replies to \(batch.count) requests")
                }
                for (waiting, reply) in zip(batch, replies) { waiting.continuation.resume(returning: .success(reply)) }
            } catch {
                for waiting in batch { waiting.continuation.resume(returning: .failure(error)) }
                guard error.code == .unavailable || error.code == .unknown, ContinuousClock.now - start >= patience
                else { continue }
                let away = StoreError(.unavailable, error.message)
                for waiting in turnAway() { waiting.continuation.resume(returning: .failure(away)) }
            }
        }
    }

    /// How many wait for a batch.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Those who wait, out of the line.
    private func turnAway() -> [Waiting] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    private func next() -> [Waiting]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.flying -= 1
                return nil
            }
            var weight = 0
            var count = 0
            for waiting in state.waiting {
                weight += waiting.weight
                if weight > limit, count > 0 { break }
                count += 1
            }
            defer { state.waiting.removeFirst(count) }
            return Array(state.waiting.prefix(count))
        }
    }
}
