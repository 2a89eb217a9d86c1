import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import RoostCluster

/// A member of a test's cluster, behind a chaos network, with everything it has told so far.
final class ChaosNode: Sendable {
    let mesh: Mesh
    let membership: Membership
    let name: MemberName
    let network: ChaosNetwork
    private let told = Mutex<[MembershipEvent]>([])
    private let fate = Mutex<Task<Void, Never>?>(nil)

    static func start(
        _ network: ChaosNetwork, _ registry: any Registry, group: any EventLoopGroup = Fixture.group,
        _ adjust: (inout MeshConfiguration) -> Void = { _ in }
    ) async throws -> ChaosNode {
        var configuration = try Fixture.configuration()
        configuration.redialMinimum = .milliseconds(20)
        configuration.redialMaximum = .milliseconds(500)
        configuration.pingInterval = .milliseconds(200)
        configuration.handshakeDeadline = .seconds(2)
        configuration.detector.interval = .milliseconds(200)
        configuration.detector.silence = .seconds(1)
        configuration.detector.probeTimeout = .milliseconds(500)
        configuration.detector.grace = .seconds(1)
        adjust(&configuration)
        let listener = try await MeshListener.bind(host: "127.0.0.1", port: 0, eventLoopGroup: group)
        let name = try await network.open(listener.boundPort)
        return try ChaosNode(network, registry, listener, name, configuration, group)
    }

    private init(
        _ network: ChaosNetwork, _ registry: any Registry, _ listener: MeshListener, _ name: MemberName,
        _ configuration: MeshConfiguration, _ group: any EventLoopGroup
    ) throws {
        let me = Member(name: name, incarnation: 1, version: "1")
        self.name = name
        self.network = network
        mesh = try Mesh(
            me: me, listener: listener, configuration: configuration, eventLoopGroup: group, logger: Fixture.logger)
        var timing = MembershipConfiguration()
        timing.interval = .milliseconds(300)
        timing.minimumGap = .milliseconds(10)
        membership = Membership(
            me: me, registry: registry, configuration: timing, eventLoopGroup: group, logger: Fixture.logger,
            report: { MemberReport() })
        let (mesh, membership) = (mesh, membership)
        let events = membership.events(limit: 10_000)
        // Cancelled and awaited by `stop`.
        let task = Task { [weak self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await membership.run() }
                group.addTask { await mesh.run(following: membership) }
                for await event in events { self?.told.withLock { $0.append(event) } }
                group.cancelAll()
            }
        }
        fate.withLock { $0 = task }
    }

    /// Ends it as its own will: peers are told.
    func stop() async {
        let task = fate.withLock { $0 }
        task?.cancel()
        await task?.value
    }

    /// Ends it as kill -9 would: the network first.
    func kill() async {
        await network.kill(name)
        await stop()
    }

    var events: [MembershipEvent] { told.withLock { $0 } }

    /// The lives it counted as down.
    var downs: [MemberID: DownProof] {
        var downs: [MemberID: DownProof] = [:]
        for case .down(let member, let proof) in events { downs[member.id] = proof }
        return downs
    }

    func entry(_ name: MemberName) -> MembershipSnapshot.Entry? {
        membership.snapshot.members.first { $0.member.name == name }
    }

    func link(to other: ChaosNode) -> MemberLink? { entry(other.name)?.link }

    /// Starts some, runs the body, and ends them and their network.
    static func cluster(
        _ count: Int, registry: any Registry = MemoryRegistry(),
        _ adjust: (inout MeshConfiguration) -> Void = { _ in },
        _ body: (ChaosNetwork, [ChaosNode]) async throws -> Void
    ) async throws {
        let network = ChaosNetwork()
        var nodes: [ChaosNode] = []
        for _ in 0..<count { nodes.append(try await start(network, registry, adjust)) }
        do {
            try await allUp(nodes)
            try await body(network, nodes)
        } catch {
            for node in nodes { await node.stop() }
            await network.shutDown()
            throw error
        }
        for node in nodes { await node.stop() }
        await network.shutDown()
    }

    static func allUp(_ nodes: [ChaosNode]) async throws {
        try await MeshBench.eventually {
            nodes.allSatisfy { node in
                nodes.allSatisfy {
                    $0.name == node.name
                        || node.link(to: $0) == .connected
                            && node.entry($0.name)?.member.incarnation == $0.membership.me.incarnation
                }
            }
        }
    }
}
