public import Logging
public import NIOCore
import Synchronization

/// Direct connections to all members that are up, and messages over them.
///
/// At most once: a message is delivered or lost with its connection, never repeated. Casts and calls from one member
/// to one service are handled in the order they were sent. Nothing that must happen exactly once may rest on it.
public final class Mesh: Sendable {
    struct State {
        var machine: MeshMachine
        /// Those in use, and those replaced whose end has not come yet.
        var connections: [UInt64: MeshConnection] = [:]
        /// The one in use to each member: the machine's links, looked up for every message.
        var links: [MemberName: MeshConnection] = [:]
        /// Those in the handshake.
        var opening: [UInt64: MeshConnection] = [:]
        var targets: [MemberID: Member] = [:]
        /// How many of those in the handshake came from outside.
        var unproved = 0
        var lastNumber: UInt64 = 0
        var isStopped = false
        var detector: FailureDetector
        /// Who is told what the mesh finds out about members.
        var report: (@Sendable (MeshReport) -> Void)?
        var lastExchange = ContinuousClock.now
    }

    /// This member. It comes back as a new incarnation after the others counted it as down.
    public var me: Member { identity.withLock { $0 } }
    /// The same in all incarnations.
    let name: MemberName
    /// What this member offers to the others.
    public let services: MeshServices
    let configuration: MeshConfiguration
    let listener: MeshListener
    let group: any EventLoopGroup
    let logger: Logger
    let meter = MeshMeter()
    let state: Mutex<State>
    let identity: Mutex<Member>
    let subscribers = Subscribers<MeshEvent>()
    /// Calls to this member itself.
    let ownCalls: CallTable
    let tls: MeshTLSContext?
    let monitors: MonitorTable
    let tasks: TaskTable
    let groups: GroupTable
    /// Where the failure detector keeps time.
    let loop: any EventLoop
    private let executor: EventLoopExecutor

    /// A mesh that accepts and dials nobody before `run`.
    ///
    /// Throws `MeshError.invalid` when there is no cookie, or the cluster's name or a certificate cannot be used.
    public init(
        me: Member, listener: MeshListener, configuration: MeshConfiguration, services: MeshServices = MeshServices(),
        eventLoopGroup: any EventLoopGroup, logger: Logger
    ) throws(MeshError) {
        guard !configuration.cookies.isEmpty else { throw .invalid("no cookie") }
        guard RegistryKeys.isClusterName(configuration.cluster) else { throw .invalid("cluster name") }
        tls = try configuration.tls.map { tls throws(MeshError) in try MeshTLSContext(tls) }
        identity = Mutex(me)
        name = me.name
        self.listener = listener
        self.configuration = configuration
        self.services = services
        self.group = eventLoopGroup
        self.logger = logger
        state = Mutex(
            State(
                machine: MeshMachine(me: me.id, configuration: configuration),
                detector: FailureDetector(
                    me: me.id, configuration: configuration.detector, maximumPeers: configuration.maximumPeers)))
        loop = eventLoopGroup.next()
        executor = EventLoopExecutor(loop)
        ownCalls = CallTable(maximum: configuration.maximumPendingCalls, loop: loop)
        monitors = MonitorTable(maximum: configuration.maximumMonitors)
        tasks = TaskTable(maximum: configuration.maximumTasks)
        groups = GroupTable(maximum: configuration.maximumGroups)
    }

    /// Accepts, dials the members of `membership` that are up, and runs the services' handlers, until cancelled; then
    /// closes everything. Once only. Without a membership, `setMembers` says whom to dial.
    @concurrent public func run(following membership: Membership? = nil) async {
        listener.start { self.accept($0) }
        watch()
        if let membership { join(membership) }
        await withDiscardingTaskGroup { group in
            if let membership {
                group.addTask(executorPreference: executor) { await self.follow(membership) }
            }
            group.addTask { await self.tasks.run() }
            await services.run()
            await Self.untilCancelled()
        }
        await stop()
        membership?.part()
    }

    /// Says whom to keep connected; this member itself may be among them.
    public func setMembers(_ members: [Member]) {
        let now = ContinuousClock.now
        var directives: [FailureDetector.Directive] = []
        perform { state in
            state.targets = Dictionary(members.map { ($0.id, $0) }) { first, _ in first }
            directives = state.detector.want(members.map(\.id), now: now)
            return redirect(&state, now)
        }
        follow(directives)
    }

    /// The changes from now on, for one subscriber; when it lags by more than `limit` the oldest are dropped.
    public func events(limit: Int = 256) -> AsyncStream<MeshEvent> {
        subscribers.subscribe(limit: limit)
    }

    /// What happened so far.
    public var counters: MeshCounters { meter.snapshot }

    /// All members that are connected or should be, in name order.
    public var peers: [MeshPeerStatus] {
        let (open, targets) = state.withLock { state in
            (state.connections.values.filter(\.isOpen), state.targets)
        }
        var peers = open.compactMap { connection in
            connection.peer.map {
                MeshPeerStatus(
                    member: $0.member, roles: $0.roles, isConnected: true, roundTrip: connection.roundTrip)
            }
        }
        let connected = Set(peers.map(\.member))
        for member in targets.values where member.name != me.name && !connected.contains(member.id) {
            peers.append(
                MeshPeerStatus(member: member.id, roles: member.roles, isConnected: false, roundTrip: nil))
        }
        return peers.sorted { $0.member < $1.member }
    }

    private static func untilCancelled() async {
        let (nothing, end) = AsyncStream.makeStream(of: Never.self)
        for await _ in nothing {}
        end.finish()
    }

    private func follow(_ membership: Membership) async {
        let changes = membership.events()
        setMembers(membership.candidates)
        for await _ in changes { setMembers(membership.candidates) }
    }

    private func stop() async {
        await sayGoodbye()
        let connections = state.withLock { state in
            state.isStopped = true
            return Array(state.connections.values) + Array(state.opening.values)
        }
        await listener.close()
        monitors.close()
        ownCalls.close(.connectionLost(maybeDelivered: true))
        for connection in connections {
            connection.close()
            try? await connection.channel.closeFuture.get()
        }
    }
}
