public import Logging
public import NIOCore
import Synchronization

/// Keeps this member in the registry and knows who else is there.
///
/// `run()` is the duty; everything else may be called at any time from anywhere. The beat runs on an event loop of the
/// group it is given, so it keeps time even when every thread of the cooperative pool is held by handlers.
public final class Membership: Sendable {
    /// This member. It comes back as a new incarnation after the others counted it as down.
    public var me: Member { machine.withLock { $0.me } }
    let registry: any Registry
    let configuration: MembershipConfiguration
    let logger: Logger
    let makeReport: @Sendable () -> MemberReport
    let executor: EventLoopExecutor
    let beatTimer: BeatTimer
    let gapTimer: BeatTimer
    let watchTimer: BeatTimer
    let onFenced: @Sendable (_ was: Member, _ now: Member) -> Void
    let machine: Mutex<MembershipMachine>
    let meshLink = Mutex<MeshLink?>(nil)
    /// Those proved to be dead that the registry does not know of yet.
    let toFence = Mutex<[MemberID]>([])
    private let deaths = Subscribers<MemberDown>()
    private let hasLeft = Mutex(false)
    private let subscribers = Subscribers<MembershipEvent>()

    /// A membership of `me`, not registered before `run()`.
    ///
    /// - Parameters:
    ///   - me: Who this process is. Bind the mesh first: its port is part of the name.
    ///   - registry: Where members meet; it stays the caller's.
    ///   - eventLoopGroup: Where the beat keeps time; it must outlive `run()`.
    ///   - onFenced: Told when the others counted this member as down and it has become another incarnation. Called on
    ///     an event loop: it must not block. A process that would rather end may do so here.
    ///   - report: What to say with each beat. Called on an event loop: it must not block.
    public init(
        me: Member, registry: any Registry, configuration: MembershipConfiguration = .init(),
        eventLoopGroup: any EventLoopGroup, logger: Logger,
        onFenced: @escaping @Sendable (_ was: Member, _ now: Member) -> Void = { _, _ in },
        report: @escaping @Sendable () -> MemberReport
    ) {
        self.registry = registry
        self.configuration = configuration
        self.logger = logger
        self.makeReport = report
        self.onFenced = onFenced
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
        var snapshot = machine.withLock { $0.snapshot(now: .now) }
        guard let connections = meshLink.withLock({ $0 })?.connections() else { return snapshot }
        for place in snapshot.members.indices {
            guard let status = connections[snapshot.members[place].member.id] else { continue }
            (snapshot.members[place].lastHeard, snapshot.members[place].roundTrip) = (status.silence, status.roundTrip)
        }
        return snapshot
    }

    /// The changes from now on, for one subscriber. When it lags by more than `limit` events the oldest are dropped;
    /// the snapshot is always right.
    public func events(limit: Int = 256) -> AsyncStream<MembershipEvent> {
        subscribers.subscribe(limit: limit)
    }

    /// The lives that end without a goodbye from now on, for one subscriber: what the jobs of a dead worker are taken
    /// back by. Each member tells of each death once, at its own time; whoever acts on it must bear to do so twice.
    /// When it lags by more than `limit` the oldest are dropped: leases end without it, too.
    public func downs(limit: Int = 1024) -> AsyncStream<MemberDown> {
        deaths.subscribe(limit: limit)
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

    /// Takes this member out of the registry: the others see `left` rather than `lost` or `down`, and `run()` ends. Throws when the registry cannot be
    /// told; the entry then expires by itself.
    public func leave() async throws {
        hasLeft.withLock { $0 = true }
        gapTimer.wake()
        beatTimer.wake()
        try await registry.leave(me)
    }

    var isLeaving: Bool { hasLeft.withLock { $0 } }

    func advance(_ step: (inout MembershipMachine) -> [MembershipEvent]) {
        let (events, ended) = machine.withLock { machine in
            let events = step(&machine)
            return (events, events.compactMap { Self.down($0, machine) })
        }
        for event in events { log(event) }
        subscribers.publish(events)
        deaths.publish(ended)
    }

    /// The end an event tells of, with what that life said last: a moment later its name may be another's.
    private static func down(_ event: MembershipEvent, _ machine: MembershipMachine) -> MemberDown? {
        guard case .down(let member, let proof) = event else { return nil }
        let record = machine.records[member.name].flatMap { $0.member.id == member.id ? $0 : nil }
        return MemberDown(member: member, proof: proof, report: record?.report ?? MemberReport())
    }

    private func log(_ event: MembershipEvent) {
        switch event {
        case .joined(let member): logger.info("member joined", metadata: ["member": "\(member.id)"])
        case .returned(let member): logger.info("member returned", metadata: ["member": "\(member.id)"])
        case .left(let member): logger.info("member left", metadata: ["member": "\(member.id)"])
        case .lost(let member): logger.warning("member lost", metadata: ["member": "\(member.id)"])
        case .up(let member): logger.info("member up", metadata: ["member": "\(member.id)"])
        case .unreachable(let member): logger.notice("member unreachable", metadata: ["member": "\(member.id)"])
        case .suspect(let member): logger.notice("member suspected", metadata: ["member": "\(member.id)"])
        case .alive(let member, let indirectly):
            logger.info("member alive", metadata: ["member": "\(member.id)", "indirectly": "\(indirectly)"])
        case .down(let member, let proof):
            logger.warning("member down", metadata: ["member": "\(member.id)", "proof": "\(proof)"])
        case .replaced(let member, let other):
            logger.info("member replaced", metadata: ["member": "\(member.id)", "by": "\(other.id)"])
        case .rejoined(let member):
            logger.warning("counted as down by others: came back", metadata: ["member": "\(member.id)"])
        case .registryDegraded: logger.warning("registry degraded: members known are kept")
        case .registryRecovered: logger.info("registry healthy")
        case .superseded: logger.error("a newer process holds this name", metadata: ["member": "\(me.id)"])
        }
    }
}
