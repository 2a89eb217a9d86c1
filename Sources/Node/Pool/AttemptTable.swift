import RoostJobs

/// Who runs what: the slots of a pool and the one rule that makes each attempt end once. Pure.
///
/// An attempt's outcome is decided by whoever comes first: its handler's end, its deadline, a cancel or the drain. Only
/// the first gets to settle; the others find the attempt taken. A slot is free again when the outcome is in the store
/// and the handler has returned, so neither an outage nor a handler that will not stop piles up work in memory.
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
        /// Runs the handler; cancelled by whoever takes the outcome away from it.
        var task: Task<Void, Never>?
    }

    let capacity: Int
    private(set) var counters = NodeCounters()
    /// Attempts that hold a lease: running or settling.
    private(set) var unsettled = 0
    private var slots: [Slot?]
    private var vacant: [Int]
    /// The deadline somebody is already waiting for.
    private var armed: ContinuousClock.Instant?

    init(capacity: Int) {
        self.capacity = capacity
        slots = Array(repeating: nil, count: capacity)
        vacant = Array((0..<capacity).reversed())
    }

    /// Slots in use.
    var busy: Int { slots.count - vacant.count }

    /// How many jobs may be claimed.
    var free: Int { max(0, capacity - busy) }

    /// Takes a slot for each claim. `mustRearm`: one of them ends before the deadline that is being waited for.
    mutating func begin(
        _ claims: [Claim], now: ContinuousClock.Instant
    ) -> (attempts: [Attempt], mustRearm: Bool) {
        var mustRearm = false
        let attempts = claims.map { claim in
            let attempt = place(claim, .running, now: now)
            if armed.map({ attempt.deadline < $0 }) ?? true {
                mustRearm = true
                armed = attempt.deadline
            }
            return attempt
        }
        return (attempts, mustRearm)
    }

    /// Takes slots for claims that came too late to be run and are to be handed back.
    mutating func beginReleasing(_ claims: [Claim], now: ContinuousClock.Instant) -> [Attempt] {
        claims.map { claim in
            let attempt = place(claim, .settling, now: now)
            slots[attempt.slot]?.handlerReturned = true
            return attempt
        }
    }

    /// Remembers the task that runs the handler; true when the outcome was taken meanwhile: cancel it.
    mutating func attach(_ task: Task<Void, Never>, to attempt: Attempt) -> Bool {
        guard let slot = self[attempt] else { return false }
        slots[attempt.slot]?.task = task
        return slot.phase != .running && !slot.handlerReturned
    }

    /// The handler is back; true when its outcome counts: settle it.
    mutating func handlerReturned(_ attempt: Attempt) -> Bool {
        guard let slot = self[attempt] else { return false }
        slots[attempt.slot]?.handlerReturned = true
        switch slot.phase {
        case .running:
            slots[attempt.slot]?.phase = .settling
            return true
        case .settling: return false
        case .ended:
            vacate(attempt)
            return false
        }
    }

    /// Takes the outcome away from the handler, unless somebody has decided it: cancel the tasks and settle.
    mutating func take(where condition: (Attempt) -> Bool) -> [Taken] {
        slots.indices.compactMap { index in
            guard let slot = slots[index], slot.phase == .running, condition(slot.attempt) else { return nil }
            slots[index]?.phase = .settling
            return Taken(attempt: slot.attempt, task: slot.task)
        }
    }

    /// Takes what is past its deadline; `next` is the earliest deadline left.
    mutating func expire(now: ContinuousClock.Instant) -> (taken: [Taken], next: ContinuousClock.Instant?) {
        let taken = take { $0.deadline <= now }
        armed = slots.lazy.compactMap { $0?.phase == .running ? $0?.attempt.deadline : nil }.min()
        return (taken, armed)
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
        slots[attempt.slot] = Slot(attempt: attempt, phase: phase, handlerReturned: false)
        unsettled += 1
        return attempt
    }

    private mutating func vacate(_ attempt: Attempt) {
        slots[attempt.slot] = nil
        vacant.append(attempt.slot)
    }

    /// An attempt whose outcome was taken from its handler.
    struct Taken: Sendable {
        let attempt: Attempt
        let task: Task<Void, Never>?
    }
}
