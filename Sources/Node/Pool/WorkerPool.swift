import Logging
import RoostJobs
import Synchronization

/// Runs claimed jobs, at most `capacity` at a time, and sees that each outcome reaches the store.
///
/// The shell around `AttemptTable`: one lock, one task a job, no hops. Jobs outlive whoever claimed them, so a claim
/// loop may be restarted at any time.
final class WorkerPool: Sendable {
    private struct State {
        var table: AttemptTable
        var isDraining = false
        var claimer: Task<Void, Never>?
        var isClaiming = false
        var waitsForRoom = false
    }

    private let state: Mutex<State>
    private let runner: JobRunner
    private let settler: Settler
    private let executor: ThreadExecutor
    private let logger: Logger
    private let room: Event
    /// Notified when a deadline comes before the one that is waited for.
    let rearmed: Event
    /// Notified when, while draining, the last outcome was settled and the claim loop has ended.
    let idle: Event

    init(capacity: Int, runner: JobRunner, settler: Settler, executor: ThreadExecutor, logger: Logger) {
        state = Mutex(State(table: AttemptTable(capacity: capacity)))
        self.runner = runner
        self.settler = settler
        self.executor = executor
        self.logger = logger
        room = Event(executor)
        rearmed = Event(executor)
        idle = Event(executor)
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
                return state.table.free
            }
            if free > 0 { return free }
            await room.wait(after: generation)
        }
    }

    /// Starts a claim loop's life; false while draining. `endClaiming()` ends it.
    func beginClaiming() -> Bool {
        state.withLock { state in
            state.isClaiming = !state.isDraining
            return state.isClaiming
        }
    }

    /// Lets the drain cancel the claim loop.
    func attach(claimer: Task<Void, Never>) {
        let isLate = state.withLock { state in
            state.claimer = claimer
            return state.isDraining
        }
        if isLate { claimer.cancel() }
    }

    func endClaiming() {
        change { state in
            state.claimer = nil
            state.isClaiming = false
        }
    }

    /// Runs the claims, or hands them back when the pool drains: what a store has handed out is never dropped.
    func dispatch(_ claims: [Claim]) {
        guard !claims.isEmpty else { return }
        let now = ContinuousClock.now
        let (attempts, late, mustRearm) = state.withLock { state -> ([Attempt], [Attempt], Bool) in
            if state.isDraining { return ([], state.table.beginReleasing(claims, now: now), false) }
            let begun = state.table.begin(claims, now: now)
            return (begun.attempts, [], begun.mustRearm)
        }
        if mustRearm { rearmed.notify() }
        for attempt in late { settleApart(attempt, .released) }
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
        let outcome = await runner.outcome(of: attempt.claim.job)
        guard change({ $0.table.handlerReturned(attempt) }) else { return }
        // Nobody cancels this task from here on: only a taken attempt's task is cancelled, and this one was not taken.
        // A handler may have cancelled it itself.
        if Task.isCancelled { return settleApart(attempt, outcome) }
        await settle(attempt, outcome)
    }

    private func settle(_ attempt: Attempt, _ outcome: Outcome) async {
        let end = await settler.settle(attempt.claim.ticket, outcome)
        change { $0.table.settled(attempt, end) }
        log(attempt, end)
    }

    /// Settles in a task that nobody cancels, on the thread that no handler blocks; the drain awaits it by the table.
    private func settleApart(_ attempt: Attempt, _ outcome: Outcome) {
        Task(executorPreference: executor) { await self.settle(attempt, outcome) }
    }

    // MARK: Taking outcomes away from handlers

    /// Ends the attempts that are past their deadline; returns the next deadline.
    func expire(now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let (taken, next) = state.withLock { $0.table.expire(now: now) }
        for one in taken { end(one, runner.timedOut(one.attempt.claim.job)) }
        return next
    }

    /// Cancels the attempts whose lease is gone.
    func lose(_ tickets: [Claim.Ticket]) {
        let lost = change { $0.table.lose(Set(tickets)) }
        for one in lost {
            one.task?.cancel()
            log(one.attempt, .leaseLost)
        }
    }

    /// Calls off a running job; false when it does not run here.
    func cancel(_ id: JobID, reason: String) -> Bool {
        let taken = state.withLock { $0.table.take { $0.claim.job.id == id } }
        for one in taken { end(one, .cancelled(reason: ErrorText.cut(reason))) }
        return !taken.isEmpty
    }

    /// Hands back everything that runs, without waiting for the handlers.
    func handBack() {
        let taken = state.withLock { $0.table.take { _ in true } }
        for one in taken { end(one, .released) }
    }

    private func end(_ taken: AttemptTable.Taken, _ outcome: Outcome) {
        taken.task?.cancel()
        settleApart(taken.attempt, outcome)
    }

    // MARK: Draining and looking

    /// Ends claiming for good: cancels the claim that waits.
    func stopClaiming() {
        let claimer = change { state in
            state.isDraining = true
            return state.claimer
        }
        claimer?.cancel()
    }

    /// Outcomes that are not in the store yet, and whether claims may still come.
    var pending: (unsettled: Int, isClaiming: Bool) { state.withLock { ($0.table.unsettled, $0.isClaiming) } }

    /// The leases to keep.
    var tickets: [Claim.Ticket] { state.withLock { $0.table.tickets } }

    /// What runs and what ran.
    func snapshot() -> PoolSnapshot { state.withLock { PoolSnapshot($0.table, isDraining: $0.isDraining) } }

    /// Changes the state and wakes whoever waits for what came of it.
    @discardableResult
    private func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        let (result, hasRoom, isIdle) = state.withLock { state in
            let result = body(&state)
            let hasRoom = state.waitsForRoom && state.table.free > 0
            if hasRoom { state.waitsForRoom = false }
            return (result, hasRoom, state.isDraining && !state.isClaiming && state.table.unsettled == 0)
        }
        if hasRoom { room.notify() }
        if isIdle { idle.notify() }
        return result
    }

    private func log(_ attempt: Attempt, _ end: Settler.End) {
        let (level, message, error): (Logger.Level, Logger.Message, String?) =
            switch end {
            case .settled(.failed(let error)): (.warning, "job failed for good", error)
            case .settled(.retry(_, let error)): (.info, "job failed, will be tried again", error)
            case .leaseLost: (.warning, "lease lost, attempt dropped", nil)
            case .abandoned: (.error, "attempt abandoned, its lease will run out", nil)
            case .settled: (.debug, "attempt ended", nil)
            }
        guard level >= logger.logLevel else { return }
        let job = attempt.claim.job
        var metadata: Logger.Metadata = ["job": "\(job.id)", "type": "\(job.type)", "attempt": "\(job.attempt)"]
        if let error { metadata["error"] = "\(error)" }
        logger.log(level: level, message, metadata: metadata)
    }
}
