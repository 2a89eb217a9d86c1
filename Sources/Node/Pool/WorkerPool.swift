import Logging
import RoostJobs
import Synchronization

/// Runs claimed jobs, at most so many at a time, and sees that each outcome reaches the store.
///
/// The shell around `AttemptTable`: one lock, one task a job, no hops. Jobs outlive whoever claimed them, so a claim
/// loop may be restarted at any time.
final class WorkerPool: Sendable {
    struct State {
        var table: AttemptTable
        var isDraining = false
        /// No more claims until somebody says otherwise.
        var isQuiet = false
        /// Whether claims are started and their jobs run.
        var takesJobs: Bool { !isDraining && !isQuiet }
        var claimer: Task<Void, Never>?
        var isClaiming = false
        var waitsForRoom = false
        var hints = CancelHints()
        /// Of the claims that are not told of yet.
        var receipts: [ClaimReceipt] = []
    }

    /// What it is called, which queues it serves, and how many jobs it runs.
    let plan: PoolPlan
    let parts: Parts
    let state: Mutex<State>
    let outcomes = OutcomeQueue()
    private let room: Event

    /// What the pools of a node share.
    struct Parts: Sendable {
        let runner: JobRunner
        let settler: Settler
        let notes: NoteDesk
        let signals: PoolSignals
        let suspects: Suspects
        let executor: ThreadExecutor
        let cancelGrace: Duration
        let logger: Logger
    }

    init(_ plan: PoolPlan, _ parts: Parts) {
        self.plan = plan
        self.parts = parts
        state = Mutex(State(table: AttemptTable(capacity: plan.concurrency)))
        room = Event(parts.executor)
    }

    // MARK: Claiming

    /// Waits until there are free slots and returns how many.
    /// - Throws: `CancellationError`.
    func freeSlots() async throws -> Int {
        while true {
            try Task.checkCancellation()
            let generation = room.generation
            let free = state.withLock { state in
                state.waitsForRoom = state.table.free == 0
                state.hints.claimBegins()
                return state.table.free
            }
            if free > 0 { return free }
            await room.wait(after: generation)
        }
    }

    /// How many jobs may be claimed beside so many that are about to be run; nil for fewer than `least`, and when none are to be
    /// claimed any more.
    func roomAhead(of claimed: Int, least: Int) -> Int? {
        state.withLock { state in
            let room = state.table.free - claimed
            guard room >= least, state.takesJobs else { return nil }
            state.hints.claimBeginsAhead()
            return room
        }
    }

    /// The receipt of a claim that is about to be made: the leases of what the store notes on it are kept until the claim
    /// is told of.
    func receipt() -> ClaimReceipt {
        let receipt = ClaimReceipt()
        state.withLock { $0.receipts.append(receipt) }
        return receipt
    }

    /// The leases to keep.
    var tickets: [Claim.Ticket] {
        let (tickets, receipts) = state.withLock { ($0.table.tickets, $0.receipts) }
        let handedOut = receipts.flatMap(\.tickets)
        return handedOut.isEmpty ? tickets : Array(Set(tickets).union(handedOut))
    }

    /// Starts a claim loop's life; false while draining or quiet. `endClaiming()` ends it.
    func beginClaiming() -> Bool {
        state.withLock { state in
            state.isClaiming = state.takesJobs
            return state.isClaiming
        }
    }

    /// Waits until claiming may begin again.
    /// - Throws: `CancellationError`.
    func resumed() async throws {
        while true {
            try Task.checkCancellation()
            let generation = room.generation
            if state.withLock({ $0.takesJobs }) { return }
            await room.wait(after: generation)
        }
    }

    /// Begins claiming again, unless the pool drains for good.
    func resumeClaiming() {
        state.withLock { $0.isQuiet = false }
        room.notify()
    }

    /// Lets the drain cancel the claim loop.
    func attach(claimer: Task<Void, Never>) {
        let isLate = state.withLock { state in
            state.claimer = claimer
            return !state.takesJobs
        }
        if isLate { claimer.cancel() }
    }

    func endClaiming() {
        change { state in
            state.claimer = nil
            state.isClaiming = false
        }
    }

    /// Runs the claims, or hands them back when the pool takes none: what a store has handed out is never dropped. A suspect
    /// that must not run beside another is handed back for a moment.
    func dispatch(_ claims: [Claim], of receipt: ClaimReceipt?) {
        if !claims.isEmpty { dispatch(claims) }
        state.withLock { state in
            state.receipts.removeAll { $0 === receipt }
            if claims.isEmpty { _ = state.hints.claimed([]) }
        }
    }

    private func dispatch(_ claims: [Claim]) {
        let now = ContinuousClock.now
        let (claims, suspects) = parts.suspects.admit(claims)
        let (attempts, late, isRefused, mustRearm, isHinted) = state.withLock { state in
            let isHinted = state.hints.claimed(claims)
            if !state.takesJobs {
                let late = state.table.beginReleasing(claims + suspects, now: now)
                return ([Attempt](), late, true, false, false)
            }
            let begun = state.table.begin(claims, now: now)
            let late = state.table.beginReleasing(suspects, now: now)
            return (begun.attempts, late, false, begun.mustRearm, isHinted)
        }
        if mustRearm { parts.signals.rearmed.notify() }
        if isHinted { parts.signals.hinted.notify() }
        var generator = SystemRandomNumberGenerator()
        for attempt in late {
            settleApart(attempt, isRefused ? .released : .snoozed(SuspectMachine.pause(using: &generator)))
        }
        // Tasks of their own: the death of a claim loop must not cancel jobs. The drain awaits them by the table, which
        // holds each until its outcome is in the store.
        let tasks = attempts.map { attempt in Task { await self.run(attempt) } }
        let cancelled = state.withLock { state in
            zip(attempts, tasks).filter { state.table.attach($0.1, to: $0.0) }
        }
        for (_, task) in cancelled { task.cancel() }
    }

    // MARK: One attempt

    private func run(_ attempt: Attempt) async {
        let reporter = NoteReporter(attempt: attempt, desk: parts.notes)
        let returned = await parts.runner.outcome(of: attempt.claim.job, reporter: reporter)
        guard let outcome = change({ $0.table.handlerReturned(attempt, with: returned) }) else { return }
        // Nobody cancels this task from here on, but somebody may have before, the handler itself included: a store
        // refuses calls of a cancelled task.
        if Task.isCancelled { return settleApart(attempt, outcome) }
        // What the handler told goes before its end.
        guard parts.notes.closeIsSilent(attempt) else { return await settle(attempt, outcome) }
        if outcomes.add(attempt, outcome) { await carryOutcomes() }
    }

    /// Changes the state and wakes whoever waits for what came of it.
    @discardableResult
    func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        let (result, hasRoom, isIdle) = state.withLock { state in
            let result = body(&state)
            let hasRoom = state.waitsForRoom && state.table.free > 0
            if hasRoom { state.waitsForRoom = false }
            return (result, hasRoom, state.isDraining && !state.isClaiming && state.table.unsettled == 0)
        }
        if hasRoom { room.notify() }
        if isIdle { parts.signals.idle.notify() }
        return result
    }
}
