import RoostJobs
import Synchronization

/// Lets concurrent callers share one round trip: while one batch is under way the next gathers.
///
/// Nothing waits for a timer: the first caller's item leaves at once, and what comes in the meantime leaves together. A
/// caller who is alone performs its item itself, without a task in between. When the store is found away, those who waited
/// in the meantime hear it too: each of them would wait as long once more.
final class Batcher<Item: Sendable, Reply: Sendable>: Sendable {
    /// One that waits for its reply. In one place: its way through the line costs no copies. Resumed once, by the flight that
    /// took it out of the line or by whoever cleared that.
    private final class Waiting: Sendable {
        let item: Item
        let weight: Int
        let continuation: UnsafeContinuation<Result<Reply, StoreError>, Never>

        init(item: Item, weight: Int, continuation: UnsafeContinuation<Result<Reply, StoreError>, Never>) {
            self.item = item
            self.weight = weight
            self.continuation = continuation
        }
    }

    private struct State {
        var waiting: [Waiting] = []
        var flying = 0
        /// How many items the last batch had: of many callers, the first waits the moment the others need to join.
        var lastCount = 0
    }

    private let state = Mutex(State())
    private let limit: Int
    private let flights: Int
    private let patience: Duration
    private let perform: @Sendable ([Item]) async throws(StoreError) -> [Reply]

    /// Batches of at most `limit` weight, at most `flights` of them under way; `perform` answers each item, in order. A batch
    /// that failed after `patience` ran into a deadline, and was not refused or cut off. `perform` must not heed the
    /// cancellation of the task it is called in: its items may be others'.
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
        let isAlone = state.withLock { state in
            guard state.flying == 0, state.lastCount <= 1 else { return false }
            state.flying += 1
            return true
        }
        if isAlone { return try await flyAlone(item) }
        let result = await withUnsafeContinuation { continuation in
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

    private func flyAlone(_ item: Item) async throws(StoreError) -> Reply {
        let result = await carry([item])
        let isOver = state.withLock { state in
            if state.waiting.isEmpty { state.flying -= 1 }
            return state.waiting.isEmpty
        }
        // The flight goes on with those who came in the meantime; awaited by them, as in `submit`.
        if !isOver { Task { await self.fly() } }
        return try result.get()[0]
    }

    private func fly() async {
        while let batch = next() {
            switch await carry(batch.map(\.item)) {
            case .success(let replies):
                for (waiting, reply) in zip(batch, replies) { waiting.continuation.resume(returning: .success(reply)) }
            case .failure(let error):
                for waiting in batch { waiting.continuation.resume(returning: .failure(error)) }
            }
        }
    }

    private func carry(_ items: [Item]) async -> Result<[Reply], StoreError> {
        let start = ContinuousClock.now
        do throws(StoreError) {
            let replies = try await perform(items)
            guard replies.count == items.count else {
                throw StoreError(.corrupt, "\(replies.count) replies to \(items.count) requests")
            }
            return .success(replies)
        } catch {
            if error.code == .unavailable || error.code == .unknown, ContinuousClock.now - start >= patience {
                let away = StoreError(.unavailable, error.message)
                for waiting in turnAway() { waiting.continuation.resume(returning: .failure(away)) }
            }
            return .failure(error)
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
            state.lastCount = count
            defer { state.waiting.removeFirst(count) }
            return Array(state.waiting.prefix(count))
        }
    }
}
