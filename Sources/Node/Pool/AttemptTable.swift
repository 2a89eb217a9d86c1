import RoostJobs

/// Who runs what: the slots of a pool and the one rule that makes each attempt end once. Pure.
///
/// An attempt's outcome is decided by whoever comes first: its handler's end, its deadline or the drain. Only the first
/// gets to settle; the others find the attempt taken. A cancel leaves the decision to the handler for a grace time: a
/// result counts, anything else is a cancelled job. A slot is free for another job when its handler has returned, while
/// the outcome is on its way to the store; of such outcomes there may be as many as slots and no more. So neither an
/// outage nor a handler that will not stop piles up work in memory, and slots do not stand idle for round trips.
struct AttemptTable {
    /// How far an attempt is.
    private enum Phase {
        /// Nobody has decided its outcome.
        case running
        /// The outcome is on its way to the store.
        case settling
        /// The store has it, or the lease was lost; the handler still runs.
        case ended
    }

    private struct Slot {
        let attempt: Attempt
        var phase: Phase
        var handlerReturned: Bool
        /// When the outcome is taken from the handler: earlier than the attempt's once it is cancelled.
        var deadline: ContinuousClock.Instant
        /// Why somebody wants it cancelled.
        var cancelReason: String?
        /// Runs the handler; cancelled by whoever takes the outcome away from it.
        var task: Task<Void, Never>?
    }

    let capacity: Int
    var counters = NodeCounters()
    /// Attempts that hold a lease: running or settling.
    private(set) var unsettled = 0
    /// Handlers that have not returned.
    private var active = 0
    private var slots: [Slot?]
    private var vacant: [Int]
    /// The deadline somebody is already waiting for.
    private var armed: ContinuousClock.Instant?

    init(capacity: Int) {
        self.capacity = capacity
        // Twice as many, for outcomes on their way.
        slots = Array(repeating: nil, count: 2 * capacity)
        vacant = Array((0..<2 * capacity).reversed())
    }

    /// Slots in use: by handlers, or by outcomes where those are more than fit beside them.
    var busy: Int { max(active, slots.count - vacant.count - capacity) }

    /// How many jobs may be claimed.
    var free: Int { max(0, capacity - busy) }

    /// Takes a slot for each claim. `mustRearm`: one of them ends before the deadline that is being waited for.
    mutating func begin(
        _ claims: [Claim], now: ContinuousClock.Instant
    ) -> (attempts: [Attempt], mustRearm: Bool) {
        var mustRearm = false
        let attempts = claims.map { claim in
            let attempt = place(claim, .running, now: now)
            if arm(attempt.deadline) { mustRearm = true }
            return attempt
        }
        return (attempts, mustRearm)
    }

    /// Takes slots for claims that came too late to be run and are to be handed back.
    mutating func beginReleasing(_ claims: [Claim], now: ContinuousClock.Instant) -> [Attempt] {
        claims.map { place($0, .settling, now: now) }
    }

    /// Remembers the task that runs the handler; true when the outcome was taken or a cancel came meanwhile: cancel it.
    mutating func attach(_ task: Task<Void, Never>, to attempt: Attempt) -> Bool {
        guard let slot = self[attempt] else { return false }
        slots[attempt.slot]?.task = task
        return (slot.phase != .running || slot.cancelReason != nil) && !slot.handlerReturned
    }

    /// The handler is back with this; returns what to settle, nil when that was decided without it.
    mutating func handlerReturned(_ attempt: Attempt, with outcome: Outcome) -> Outcome? {
        guard let slot = self[attempt], !slot.handlerReturned else { return nil }
        slots[attempt.slot]?.handlerReturned = true
        active -= 1
        switch slot.phase {
        case .running:
            slots[attempt.slot]?.phase = .settling
            if case .succeeded = outcome { return outcome }
            return slot.cancelReason.map { .cancelled(reason: $0) } ?? outcome
        case .settling: return nil
        case .ended:
            vacate(attempt)
            return nil
        }
    }

    /// Takes the outcome away from the handler, unless somebody has decided it: cancel the tasks and settle.
    mutating func take(where condition: (Attempt) -> Bool) -> [Taken] {
        slots.indices.compactMap { index in
            guard let slot = slots[index], slot.phase == .running, condition(slot.attempt) else { return nil }
            return take(slot, index)
        }
    }

    /// Takes what is past its deadline; `next` is the earliest deadline left.
    mutating func expire(now: ContinuousClock.Instant) -> (taken: [Taken], next: ContinuousClock.Instant?) {
        let taken: [Taken] = slots.indices.compactMap { index in
            guard let slot = slots[index], slot.phase == .running, slot.deadline <= now else { return nil }
            return take(slot, index)
        }
        armed = slots.lazy.compactMap { $0?.phase == .running ? $0?.deadline : nil }.min()
        return (taken, armed)
    }

    /// Notes that somebody wants these cancelled, whose handlers have until `until` to end. `runs`: some of them run;
    /// `tasks`: those to cancel, of attempts that nobody had called off before.
    mutating func cancel(
        reason: String, until: ContinuousClock.Instant, where condition: (Attempt) -> Bool
    ) -> (runs: Bool, tasks: [Task<Void, Never>], mustRearm: Bool) {
        var (runs, mustRearm) = (false, false)
        var tasks: [Task<Void, Never>] = []
        for index in slots.indices {
            guard let slot = slots[index], slot.phase == .running, condition(slot.attempt) else { continue }
            runs = true
            guard slot.cancelReason == nil else { continue }
            let deadline = min(slot.deadline, until)
            slots[index]?.cancelReason = reason
            slots[index]?.deadline = deadline
            if arm(deadline) { mustRearm = true }
            if let task = slot.task { tasks.append(task) }
        }
        return (runs, tasks, mustRearm)
    }

    /// The store has the outcome, or will never have it.
    mutating func settled(_ attempt: Attempt, _ end: Settler.End) {
        guard let slot = self[attempt], slot.phase == .settling else { return }
        unsettled -= 1
        counters.count(end)
        slots[attempt.slot]?.phase = .ended
        if slot.handlerReturned { vacate(attempt) }
    }

    /// These leases are gone: their outcomes would be refused. Returns what to cancel.
    mutating func lose(_ tickets: Set<Claim.Ticket>) -> [Taken] {
        // One that is settling hears from the store itself whether it was in time.
        let lost = take { tickets.contains($0.claim.ticket) }
        for one in lost { settled(one.attempt, .leaseLost) }
        return lost
    }

    /// The leases to keep.
    var tickets: [Claim.Ticket] {
        slots.compactMap { slot in slot.flatMap { $0.phase == .ended ? nil : $0.attempt.claim.ticket } }
    }

    /// Whether an attempt of that job has not been decided yet.
    func runs(_ id: JobID) -> Bool {
        slots.contains { $0.map { $0.phase == .running && $0.attempt.claim.job.id == id } ?? false }
    }

    /// Attempts whose handler runs, longest first.
    var running: [Attempt] {
        slots.compactMap { $0.flatMap { $0.handlerReturned ? nil : $0.attempt } }.sorted { $0.startedAt < $1.startedAt }
    }

    /// Handlers that still run although their attempt is over.
    var stuck: Int { slots.count { $0.map { $0.phase == .ended && !$0.handlerReturned } ?? false } }

    private subscript(attempt: Attempt) -> Slot? {
        slots[attempt.slot].flatMap { $0.attempt === attempt ? $0 : nil }
    }

    private mutating func place(_ claim: Claim, _ phase: Phase, now: ContinuousClock.Instant) -> Attempt {
        // More than was asked for would be a store's fault, but dropping a claim would be ours.
        if vacant.isEmpty {
            vacant.append(slots.count)
            slots.append(nil)
        }
        let attempt = Attempt(claim, slot: vacant.removeLast(), now: now)
        let isActive = phase == .running
        slots[attempt.slot] = Slot(
            attempt: attempt, phase: phase, handlerReturned: !isActive, deadline: attempt.deadline)
        unsettled += 1
        if isActive { active += 1 }
        return attempt
    }

    private mutating func take(_ slot: Slot, _ index: Int) -> Taken {
        slots[index]?.phase = .settling
        return Taken(attempt: slot.attempt, task: slot.task, cancelReason: slot.cancelReason)
    }

    private mutating func vacate(_ attempt: Attempt) {
        slots[attempt.slot] = nil
        vacant.append(attempt.slot)
    }

    /// Whether this deadline comes before the one that is waited for.
    private mutating func arm(_ deadline: ContinuousClock.Instant) -> Bool {
        guard armed.map({ deadline < $0 }) ?? true else { return false }
        armed = deadline
        return true
    }

    /// An attempt whose outcome was taken from its handler.
    struct Taken: Sendable {
        let attempt: Attempt
        let task: Task<Void, Never>?
        /// Why somebody wants it cancelled.
        let cancelReason: String?
    }
}
