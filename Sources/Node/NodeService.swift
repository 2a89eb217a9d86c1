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
    let pools: WorkerPools
    let drainState: Mutex<DrainMachine>
    private let types: [String]?
    private let settler: Settler
    private let announcer: Announcer
    private let rescue: Rescue
    private let logger: Logger

    /// A node that does nothing until `run()`.
    /// - Parameter extraDuties: work for a store that goes on as long as the node does, such as taking in what foreign
    ///   producers wrote. What they throw is taken for the store's trouble and borne with a growing wait.
    /// - Throws: `NodeConfigurationError`, or `ThreadError` when the system has no thread left.
    public init(
        store: any JobStore, handlers: HandlerRegistry, configuration: NodeConfiguration, extraDuties: [Duty] = [],
        supervision: SupervisorConfiguration = SupervisorConfiguration(), logger: Logger
    ) throws {
        let configuration = try configuration.validated()
        self.configuration = configuration
        self.logger = logger
        types = handlers.types?.sorted()
        executor = try ThreadExecutor()
        settler = Settler(store: store, executor: executor, logger: logger)
        pools = WorkerPools(
            configuration.pools,
            WorkerPool.Parts(
                runner: JobRunner(handlers: handlers, retry: configuration.retry, worker: configuration.name),
                settler: settler, notes: NoteDesk(store: store, executor: executor),
                signals: PoolSignals(executor), suspects: Suspects(maxCrashes: configuration.maxCrashes),
                executor: executor, cancelGrace: configuration.cancelGrace,
                logger: logger))
        drainState = Mutex(DrainMachine(drain: configuration.drain, handBack: configuration.handBack))
        rescue = Rescue(store: store, maxCrashes: configuration.maxCrashes)
        announcer = Announcer(
            store: store, worker: configuration.worker, queues: configuration.queueNames, types: handlers.types,
            pools: pools, every: configuration.announceEvery, ttl: configuration.announceTTL,
            loop: StoreLoop("announce", executor: executor, logger: logger))
        let plan = DutyPlan(
            store: store, pools: pools, types: handlers.types, configuration: configuration, announcer: announcer,
            extra: extraDuties, executor: executor, logger: logger)
        supervisor = Supervisor(name: "node", duties: plan.duties, configuration: supervision, logger: logger)
    }

    /// What the node is doing now; from any thread.
    public var status: NodeStatus { NodeStatus(pools, duties: supervisor.statuses, types: types) }

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
        pools.stopClaiming()
        drainState.withLock { $0.drain(now: .now) }
        pools.signals.idle.notify()
    }

    /// Stops claiming and hands back what runs, without waiting for it: for a second request to stop. From any thread.
    public func handBackNow() {
        pools.stopClaiming()
        drainState.withLock { $0.handBackNow(now: .now) }
        pools.signals.idle.notify()
    }

    /// Calls off a job that runs here: its handler is cancelled and has `NodeConfiguration.cancelGrace` to end. The job
    /// is recorded as cancelled, unless its handler returns a result in that time.
    ///
    /// Jobs that are cancelled in the store need no such call.
    /// - Returns: whether it runs here.
    @discardableResult
    public func cancel(_ id: JobID, reason: String) -> Bool { pools.cancel(id, reason: reason) }

    /// Takes back everything that ran on another node that is known to be dead; see `Rescue`.
    /// - Parameter worker: the other's `NodeConfiguration.worker`; nothing is done about this node's own.
    /// - Returns: how many claims were taken back.
    /// - Throws: when the store does not answer: call again.
    public func reclaim(worker: String) async throws(StoreError) -> Int {
        guard worker != configuration.worker else { return 0 }
        let count = try await rescue.reclaim(worker: worker)
        if count > 0 {
            logger.warning(
                "claims of a dead worker taken back", metadata: ["worker": "\(worker)", "jobs": "\(count)"])
        }
        return count
    }

    /// Cancels the current run of a loop; it is started again at once and no job is lost.
    /// - Returns: whether there was one to cancel.
    @discardableResult
    public func kill(dutyNamed name: String) -> Bool { supervisor.kill(dutyNamed: name) }

    private func live() async throws {
        do {
            try await keepDuties()
        } catch {
            await announcer.withdraw()
            throw error
        }
        // Only now, or the duty would announce the node again.
        await announcer.withdraw()
    }

    private func keepDuties() async throws {
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
            let generation = pools.signals.idle.generation
            let pending = pools.pending
            let directive = drainState.withLock {
                $0.next(now: .now, unsettled: pending.unsettled, isClaiming: pending.isClaiming)
            }
            switch directive {
            case .wait(let until): await pools.signals.idle.wait(after: generation, upTo: until.map { $0 - .now })
            case .handBack:
                logger.notice("handing back what still runs", metadata: ["jobs": "\(pending.unsettled)"])
                pools.handBack()
            case .stop(let abandoned):
                settler.stop()
                logger.notice("node stopped", metadata: ["abandoned": "\(abandoned)"])
                return
            }
        }
    }
}
