public import Logging
public import RoostJobs
public import RoostSupervision
public import ServiceLifecycle
import Synchronization

/// Where jobs run: claims them from a store, runs their handlers, keeps their leases, settles their outcomes, and does
/// its share of the store's maintenance.
///
/// On graceful shutdown it claims no more, lets running jobs end for `NodeConfiguration.drain`, and hands the rest back
/// without burning an attempt. Cancelling `run()` hands back at once. Leases are kept until the last outcome is settled.
public final class NodeService: Service {
    /// The configuration in use, within its limits.
    public let configuration: NodeConfiguration
    let executor: ThreadExecutor
    let supervisor: Supervisor
    let pool: WorkerPool
    let drainState: Mutex<DrainMachine>
    private let types: [String]?
    private let settler: Settler
    private let logger: Logger

    /// A node that does nothing until `run()`.
    /// - Throws: `NodeConfigurationError`, or `ThreadError` when the system has no thread left.
    public init(
        store: any JobStore, handlers: HandlerRegistry, configuration: NodeConfiguration,
        supervision: SupervisorConfiguration = SupervisorConfiguration(), logger: Logger
    ) throws {
        let configuration = try configuration.validated()
        self.configuration = configuration
        self.logger = logger
        types = handlers.types?.sorted()
        executor = try ThreadExecutor()
        settler = Settler(store: store, executor: executor, logger: logger)
        pool = WorkerPool(
            capacity: configuration.concurrency,
            runner: JobRunner(handlers: handlers, retry: configuration.retry, worker: configuration.name),
            settler: settler, executor: executor, logger: logger)
        drainState = Mutex(DrainMachine(drain: configuration.drain, handBack: configuration.handBack))
        let plan = DutyPlan(
            store: store, pool: pool, types: handlers.types, configuration: configuration, executor: executor,
            logger: logger)
        supervisor = Supervisor(name: "node", duties: plan.duties, configuration: supervision, logger: logger)
    }

    /// What the node is doing now; from any thread.
    public var status: NodeStatus {
        let snapshot = pool.snapshot()
        let (clock, wall) = (ContinuousClock.now, Timestamp.now())
        return NodeStatus(
            slots: snapshot.slots, busy: snapshot.busy, stuck: snapshot.stuck, counters: snapshot.counters,
            isDraining: snapshot.isDraining, duties: supervisor.statuses, types: types,
            running: snapshot.running.map { attempt in
                NodeStatus.RunningJob(
                    id: attempt.claim.job.id, type: attempt.claim.job.type,
                    since: wall.advanced(by: attempt.startedAt - clock))
            })
    }

    /// Runs until it was told to stop and the last outcome is settled, or `handBack` is over.
    /// - Throws: `SupervisionError.tooManyRestarts` when one of its loops cannot be kept running; what ran was handed
    ///   back.
    public func run() async throws {
        // A task of its own: a cancelled one cannot wait for outcomes to be settled. Awaited right below.
        let life = Task(executorPreference: executor) { try await self.live() }
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await life.value
            } onGracefulShutdown: {
                self.drain()
            }
        } onCancel: {
            self.handBackNow()
        }
    }

    /// Stops claiming at once and lets running jobs end; what `run()` does on graceful shutdown. From any thread.
    public func drain() {
        pool.stopClaiming()
        drainState.withLock { $0.drain(now: .now) }
        pool.idle.notify()
    }

    /// Stops claiming and hands back what runs, without waiting for it: for a second request to stop. From any thread.
    public func handBackNow() {
        pool.stopClaiming()
        drainState.withLock { $0.handBackNow(now: .now) }
        pool.idle.notify()
    }

    /// Calls off a job that runs here: its handler is cancelled and the job recorded as cancelled.
    /// - Returns: whether it ran here.
    @discardableResult
    public func cancel(_ id: JobID, reason: String) -> Bool { pool.cancel(id, reason: reason) }

    /// Cancels the current run of a loop; it is started again at once and no job is lost.
    /// - Returns: whether there was one to cancel.
    @discardableResult
    public func kill(dutyNamed name: String) -> Bool { supervisor.kill(dutyNamed: name) }

    private func live() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask {
                do {
                    try await self.supervisor.run()
                } catch {
                    // Nobody keeps the leases now: give everything back while they hold.
                    self.handBackNow()
                    throw error
                }
            }
            await drained()
            // Only now may the leases end.
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Returns when there is nothing left to wait for.
    private func drained() async {
        while true {
            let generation = pool.idle.generation
            let pending = pool.pending
            let directive = drainState.withLock {
                $0.next(now: .now, unsettled: pending.unsettled, isClaiming: pending.isClaiming)
            }
            switch directive {
            case .wait(let until): await pool.idle.wait(after: generation, upTo: until.map { $0 - .now })
            case .handBack:
                logger.notice("handing back what still runs", metadata: ["jobs": "\(pending.unsettled)"])
                pool.handBack()
            case .stop(let abandoned):
                settler.stop()
                logger.notice("node stopped", metadata: ["abandoned": "\(abandoned)"])
                return
            }
        }
    }
}
