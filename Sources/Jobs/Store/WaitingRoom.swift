import Synchronization

/// Who waits in a ``WaitingRoom``.
public protocol WaitingGuest: Sendable {
    /// Lets the guest go unserved: the time is over, or its task was cancelled. Called at most once, and never for a
    /// guest that was taken out of the room.
    func dismiss()
}

/// Lets tasks wait for "something may have changed", without losing a change that falls between looking and waiting.
///
/// Read `generation`, look, and when there is nothing to do wait with what was read: a change since then ends the wait
/// at once. Whoever brings a change takes the guests out and serves them, which resumes their tasks directly, with no
/// task in between: this is on the way from a job's acceptance to its start.
public final class WaitingRoom<Guest: WaitingGuest>: Sendable {
    private struct Seat {
        let guest: Guest
        let deadline: ContinuousClock.Instant
    }

    private struct State {
        var generation: UInt64 = 0
        var lastSeat: UInt64 = 0
        var seats: [UInt64: Seat] = [:]
        /// When the alarm rings: at the earliest deadline, or before it, for a guest that has gone.
        var ringsAt: ContinuousClock.Instant?
        /// Which alarm will: the ones before it are of no use any more.
        var lastAlarm: UInt64 = 0
        var alarm: Task<Void, Never>?

        mutating func empty() -> [Guest] {
            if seats.isEmpty { return [] }
            var guests: [Guest] = []
            for seat in seats.values { guests.append(seat.guest) }
            seats = [:]
            return guests
        }
    }

    private let state = Mutex(State())

    /// An empty room.
    public init() {}

    deinit { state.withLock { $0.alarm }?.cancel() }

    /// Grows with each change.
    public var generation: UInt64 { state.withLock { $0.generation } }

    /// How many wait.
    public var count: Int { state.withLock { $0.seats.count } }

    /// Notes a change and takes everyone out, to be served by the caller.
    /// - Returns: the guests, and the generation that the change began.
    public func change() -> (guests: [Guest], generation: UInt64) {
        state.withLock { state in
            state.generation &+= 1
            return (state.empty(), state.generation)
        }
    }

    /// Takes out those who match, to be served by the caller, without a change for the others.
    /// - Returns: the guests, and the generation they are in.
    public func take(where matches: (Guest) -> Bool) -> (guests: [Guest], generation: UInt64) {
        state.withLock { state in
            var guests: [Guest] = []
            for (number, seat) in state.seats where matches(seat.guest) {
                guests.append(seat.guest)
                state.seats[number] = nil
            }
            return (guests, state.generation)
        }
    }

    /// Waits until whoever takes the guest out resumes its continuation.
    /// - Parameters:
    ///   - generation: what it was before the look that found nothing.
    ///   - limit: how long to wait, at most a day.
    ///   - turnedAway: what this returns without waiting when there was a change since `generation` was read, when
    ///     `limit` is zero, or when the task is cancelled.
    ///   - guest: makes the guest, whose ``WaitingGuest/dismiss()`` resumes the continuation as well.
    public func wait<Reply: Sendable>(
        after generation: UInt64, upTo limit: Duration, turnedAway: Reply,
        as guest: (CheckedContinuation<Reply, Never>) -> Guest
    ) async -> Reply {
        guard limit > .zero else { return turnedAway }
        let deadline = ContinuousClock.now + min(limit, .seconds(86_400))
        let number = state.withLock { state in
            state.lastSeat &+= 1
            return state.lastSeat
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let guest = guest(continuation)
                let (waits, alarm) = state.withLock { state -> (Bool, UInt64?) in
                    // Cancelled before this: `onCancel` found nobody to dismiss.
                    if state.generation != generation || Task.isCancelled { return (false, nil) }
                    state.seats[number] = Seat(guest: guest, deadline: deadline)
                    guard state.ringsAt.map({ deadline < $0 }) ?? true else { return (true, nil) }
                    state.ringsAt = deadline
                    state.lastAlarm &+= 1
                    return (true, state.lastAlarm)
                }
                if !waits { continuation.resume(returning: turnedAway) }
                if let alarm { setAlarm(alarm, deadline) }
            }
        } onCancel: {
            state.withLock { $0.seats.removeValue(forKey: number) }?.guest.dismiss()
        }
    }

    /// Makes a task that rings for all who wait: one of a room, left as it is when a wait ends before its deadline,
    /// since the next one is most often later. Nobody awaits it; a room that is let go cancels it.
    private func setAlarm(_ number: UInt64, _ time: ContinuousClock.Instant) {
        let alarm = Task.detached { [weak self] in
            var next = Optional(time)
            while let time = next {
                try? await Task.sleep(until: time, clock: .continuous)
                if Task.isCancelled { return }
                next = self?.ring(number)
            }
        }
        let outdated = state.withLock { state in
            // Another was set before this one could be kept.
            guard state.lastAlarm == number else { return alarm as Task<Void, Never>? }
            defer { state.alarm = alarm }
            return state.alarm
        }
        outdated?.cancel()
    }

    /// Ends the waits whose time is over; returns when to ring again, nil when there is nobody left or another alarm is
    /// set.
    private func ring(_ alarm: UInt64) -> ContinuousClock.Instant? {
        let now = ContinuousClock.now
        let (over, next) = state.withLock { state -> ([Seat], ContinuousClock.Instant?) in
            guard state.lastAlarm == alarm else { return ([], nil) }
            let over = state.seats.filter { $0.value.deadline <= now }
            for number in over.keys { state.seats[number] = nil }
            state.ringsAt = state.seats.values.map(\.deadline).min()
            return (Array(over.values), state.ringsAt)
        }
        for seat in over { seat.guest.dismiss() }
        return next
    }
}
