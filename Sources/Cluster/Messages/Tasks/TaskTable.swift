import Synchronization

/// Runs what others spawned here.
final class TaskTable: Sendable {
    struct Job: Sendable {
        var number: UInt64
        var body: @Sendable () async throws -> [UInt8]
        var ended: @Sendable ([TaskLedger.Notice]) -> Void
    }

    private struct State {
        var ledger: TaskLedger
        var tasks: [UInt64: Task<TaskLedger.Outcome, Never>] = [:]
        /// Cancelled before they began.
        var calledOff: Set<UInt64> = []
    }

    private let state: Mutex<State>
    private let jobs: AsyncStream<Job>
    private let inlet: AsyncStream<Job>.Continuation

    init(maximum: Int) {
        state = Mutex(State(ledger: TaskLedger(maximumRunning: maximum)))
        (jobs, inlet) = AsyncStream.makeStream()
    }

    /// How many run.
    var count: Int { state.withLock { $0.ledger.runningCount } }

    func admit(_ spawner: TaskLedger.Watcher) -> UInt64? {
        state.withLock { $0.ledger.spawn(by: spawner) }
    }

    func start(_ job: Job) {
        inlet.yield(job)
    }

    func watch(_ task: UInt64, _ watcher: TaskLedger.Watcher) -> TaskLedger.Notice? {
        state.withLock { $0.ledger.watch(task, watcher) }
    }

    func unwatch(_ task: UInt64, _ watcher: TaskLedger.Watcher) {
        state.withLock { $0.ledger.unwatch(task, watcher) }
    }

    /// Cancels a task, if it is this member's to cancel.
    func cancel(_ task: UInt64, by member: MemberID) {
        if state.withLock({ $0.ledger.mayCancel(task, member) }) { cancel([task]) }
    }

    func memberEnded(_ member: MemberID) {
        cancel(state.withLock { $0.ledger.memberEnded(member) })
    }

    /// Runs what is spawned until cancelled.
    @concurrent func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs {
                group.addTask { await self.run(job) }
            }
        }
    }

    private func cancel(_ numbers: [UInt64]) {
        let tasks = state.withLock { state in
            numbers.compactMap { number in
                if state.tasks[number] == nil { state.calledOff.insert(number) }
                return state.tasks[number]
            }
        }
        for task in tasks { task.cancel() }
    }

    private func run(_ job: Job) async {
        // A task of its own, so that its spawner can cancel it alone. Awaited right here.
        let task = Task { await Self.outcome(of: job) }
        let isCalledOff = state.withLock { state in
            state.tasks[job.number] = task
            return state.calledOff.remove(job.number) != nil
        }
        if isCalledOff { task.cancel() }
        let outcome = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        let notices = state.withLock { state in
            state.tasks[job.number] = nil
            return state.ledger.end(job.number, outcome)
        }
        // Ended by the end of this member, and that is what its watchers are to hear.
        if !Task.isCancelled { job.ended(notices) }
    }

    private static func outcome(of job: Job) async -> TaskLedger.Outcome {
        do {
            return TaskLedger.Outcome(reason: .normal, result: try await job.body())
        } catch let failure as MeshServiceFailure {
            return TaskLedger.Outcome(reason: .error(code: failure.code, message: failure.message))
        } catch {
            return TaskLedger.Outcome(reason: .error(code: 0, message: "\(type(of: error))"))
        }
    }
}
