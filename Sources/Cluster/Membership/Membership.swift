public import Logging
public import NIOCore
import Synchronization

/// Keeps this member in the registry and knows who else is there.
///
/// `run()` is the duty; everything else may be called at any time from anywhere. The beat runs on an event loop of the
/// group it is given, so it keeps time even when every thread of the cooperative pool is held by handlers.
public final class Membership: Sendable {
    /// This member.
    public let me: Member
    let registry: any Registry
    let configuration: MembershipConfiguration
    let logger: Logger
    let makeReport: @Sendable () -> MemberReport
    let executor: EventLoopExecutor
    let beatTimer: BeatTimer
    let gapTimer: BeatTimer
    let watchTimer: BeatTimer
    private let machine: Mutex<MembershipMachine>
    private let hasLeft = Mutex(false)
    private let subscribers = Subscribers<MembershipEvent>()

    /// A membership of `me`, not registered before `run()`.
    ///
    /// - Parameters:
    ///   - me: Who this process is. Bind the mesh first: its port is part of the name.
    ///   - registry: Where members meet; it stays the caller's.
    ///   - eventLoopGroup: Where the beat keeps time; it must outlive `run()`.
    ///   - report: What to say with each beat. Called on an event loop: it must not block.
    public init(
        me: Member, registry: any Registry, configuration: MembershipConfiguration = .init(),
        eventLoopGroup: any EventLoopGroup, logger: Logger, report: @escaping @Sendable () -> MemberReport
    ) {
        self.me = me
        self.registry = registry
        self.configuration = configuration
        self.logger = logger
        self.makeReport = report
        let loop = eventLoopGroup.next()
        executor = EventLoopExecutor(loop)
        beatTimer = BeatTimer(loop)
        gapTimer = BeatTimer(loop)
        watchTimer = BeatTimer(loop)
        machine = Mutex(
            MembershipMachine(me: me, report: MemberReport(), configuration: configuration, now: .now))
    }

    /// Who is there now. Never waits for the registry.
    public var snapshot: MembershipSnapshot {
        machine.withLock { $0.snapshot(now: .now) }
    }

    /// The changes from now on, for one subscriber. When it lags by more than `limit` events the oldest are dropped;
    /// the snapshot is always right.
    public func events(limit: Int = 256) -> AsyncStream<MembershipEvent> {
        subscribers.subscribe(limit: limit)
    }

    /// Beats until cancelled or `leave()`; failures of the registry are logged once per change and never end it.
    @concurrent public func run() async {
        // The task group is built on the loop's executor, so that also what joins it needs no cooperative thread.
        await withTaskExecutorPreference(executor) {
            await withTaskGroup { group in
                group.addTask { await self.watch() }
                await self.beat()
                group.cancelAll()
            }
        }
    }

    /// Says goodbye: the others see `left` rather than `lost`, and `run()` ends. Throws when the registry cannot be
    /// told; the entry then expires by itself.
    public func leave() async throws {
        hasLeft.withLock { $0 = true }
        gapTimer.wake()
        beatTimer.wake()
        try await registry.leave(me)
    }

    var isLeaving: Bool { hasLeft.withLock { $0 } }

    func advance(_ step: (inout MembershipMachine) -> [MembershipEvent]) {
        let events = machine.withLock { step(&$0) }
        for event in events { log(event) }
        subscribers.publish(events)
    }

    private func log(_ event: MembershipEvent) {
        switch event {
        case .joined(let member): logger.info("member joined", metadata: ["member": "\(member.id)"])
        case .returned(let member): logger.info("member returned", metadata: ["member": "\(member.id)"])
        case .left(let member): logger.info("member left", metadata: ["member": "\(member.id)"])
        case .lost(let member): logger.warning("member lost", metadata: ["member": "\(member.id)"])
        case .registryDegraded: logger.warning("registry degraded: members known are kept")
        case .registryRecovered: logger.info("registry healthy")
        case .superseded: logger.error("a newer process holds this name", metadata: ["member": "\(me.id)"])
        }
    }
}
