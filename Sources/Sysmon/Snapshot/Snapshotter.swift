public import RoostJobs
import Synchronization

/// Takes a snapshot each interval and hands it to a feed: two calls to the store, however many jobs there are.
///
/// It never gives up: while the store is away the last numbers stay, marked with the time they were true.
public final class Snapshotter: Sendable {
    /// Where the snapshots go.
    public let feed = SnapshotFeed()

    private struct State {
        var machine: SnapshotMachine
        var lastTick: ContinuousClock.Instant
    }

    private let configuration: SnapshotConfiguration
    private let counts: @Sendable () async throws -> StoreCounts
    private let health: @Sendable () async -> StoreHealth
    private let members: @Sendable () -> ClusterView
    private let state: Mutex<State>

    /// A source over a store's `counts` and `health` and over whoever knows the `members`.
    public init(
        counts: @escaping @Sendable () async throws -> StoreCounts, health: @escaping @Sendable () async -> StoreHealth,
        members: @escaping @Sendable () -> ClusterView, configuration: SnapshotConfiguration = .init()
    ) {
        self.counts = counts
        self.health = health
        self.members = members
        self.configuration = configuration
        state = Mutex(State(machine: SnapshotMachine(configuration: configuration), lastTick: .now))
    }

    /// Takes snapshots until the task is cancelled, then finishes the feed.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.read() }
            group.addTask { await self.watch() }
        }
        feed.finish()
    }

    /// Asks the store, again and again; an answer that takes longer than the interval delays the next question.
    private func read() async {
        var next = ContinuousClock.now
        while !Task.isCancelled {
            async let health = health()
            do {
                let counts = try await counts()
                await tick(.answered(counts, health))
            } catch {
                // Cancelled: the error is our own doing, not the store's.
                if Task.isCancelled { return }
                await tick(.away("\(error)", health))
            }
            next = max(next + configuration.safeInterval, .now)
            try? await Task.sleep(until: next)
        }
    }

    /// Keeps members and the clock going while the store does not even say no.
    private func watch() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: configuration.safeInterval)
            let silence = ContinuousClock.now - state.withLock { $0.lastTick }
            if silence > configuration.safeInterval + configuration.safePatience {
                tick(.away("no answer for \(configuration.safePatience.short) or more", nil), isAnswer: false)
            }
        }
    }

    private func tick(_ reading: StoreReading, isAnswer: Bool = true) {
        let view = members()
        let now = Moment.now()
        // Published under the lock: snapshots must not overtake one another.
        state.withLock { state in
            if isAnswer { state.lastTick = now.steady }
            feed.publish(state.machine.onTick(reading, view, now: now))
        }
    }
}
