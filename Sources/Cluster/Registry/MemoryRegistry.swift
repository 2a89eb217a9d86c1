import Synchronization

/// A registry for members of one process: `roost up` without Redis, and tests.
public final class MemoryRegistry: Registry {
    private struct Row {
        var member: Member
        var report: MemberReport
        var ttl: Duration
        var expires: ContinuousClock.Instant
    }

    private struct State {
        var rows: [MemberName: Row] = [:]
        var departures: [MemberID: ContinuousClock.Instant] = [:]
        var deaths: [MemberID: ContinuousClock.Instant] = [:]
        var epoch: Int64 = 0
        var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
        var watcherNumber = 0
    }

    private let state = Mutex(State())
    private let started = ContinuousClock.now
    private let retention: Duration

    /// An empty registry; members that expired or left stay listed for `retention`.
    public init(retention: Duration = .seconds(600)) {
        self.retention = retention
    }

    /// Registers or renews `me`; never throws.
    public func beat(_ me: Member, report: MemberReport, ttl: Duration) async throws -> RegistryView {
        let now = ContinuousClock.now
        let ttl = min(max(ttl, .milliseconds(1)), RegistryEntry.longestTTL)
        return state.withLock { state in
            drop(&state, now)
            let old = state.rows[me.name]
            if state.deaths[me.id] != nil { return view(state, now, .fenced) }
            if state.departures[me.id] != nil { return view(state, now, .departed) }
            if let old, old.expires > now, old.member.incarnation > me.incarnation {
                return view(state, now, .superseded)
            }
            let isSame = old.map { $0.member == me && $0.ttl == ttl && $0.expires > now } ?? false
            state.rows[me.name] = Row(member: me, report: report.clamped(), ttl: ttl, expires: now + ttl)
            if !isSame { change(&state) }
            return view(state, now, .accepted)
        }
    }

    /// Reads who is there; never throws.
    public func members() async throws -> RegistryView {
        let now = ContinuousClock.now
        return state.withLock { view($0, now, .accepted) }
    }

    /// Takes `me` out; never throws.
    public func leave(_ me: Member) async throws {
        let now = ContinuousClock.now
        state.withLock { state in
            if state.rows[me.name]?.member.id == me.id { state.rows[me.name] = nil }
            state.departures[me.id] = now
            change(&state)
        }
    }

    /// Refuses the victim's beats from now on; never throws.
    public func fence(_ victim: MemberID, by me: Member) async throws {
        let now = ContinuousClock.now
        state.withLock { state in
            drop(&state, now)
            guard state.deaths[me.id] == nil, state.deaths[victim] == nil else { return }
            if state.rows[victim.name]?.member.id == victim { state.rows[victim.name] = nil }
            state.deaths[victim] = now
            change(&state)
        }
    }

    /// Calls `onChange` at once and at each change, until cancelled.
    public func watch(_ onChange: @escaping @Sendable () -> Void) async throws {
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.watcherNumber += 1
            state.watchers[state.watcherNumber] = continuation
            return state.watcherNumber
        }
        defer { state.withLock { _ = $0.watchers.removeValue(forKey: number) } }
        onChange()
        for await _ in changes { onChange() }
        try Task.checkCancellation()
    }

    private func drop(_ state: inout State, _ now: ContinuousClock.Instant) {
        state.rows = state.rows.filter { now - $0.value.expires < retention }
        state.departures = state.departures.filter { now - $0.value < retention }
        state.deaths = state.deaths.filter { now - $0.value < RegistryEntry.mourning }
    }

    private func change(_ state: inout State) {
        state.epoch += 1
        for watcher in state.watchers.values { watcher.yield() }
    }

    private func view(
        _ state: State, _ now: ContinuousClock.Instant, _ standing: RegistryView.Standing
    ) -> RegistryView {
        RegistryView(
            standing: standing, epoch: state.epoch, clock: (now - started).clampedMilliseconds,
            entries: state.rows.values.map {
                RegistryEntry(member: $0.member, report: $0.report, ttl: $0.ttl, expiresIn: $0.expires - now)
            },
            departures: state.departures.mapValues { now - $0 }, deaths: state.deaths.mapValues { now - $0 })
    }
}
