import Logging
import NIOCore
import RoostCluster
import RoostJobs
import RoostNode
import RoostSupervision
import RoostSysmon
import ServiceLifecycle

/// This process as a member of the cluster: its name, its heartbeat, its mesh, and what it reports of itself.
final class Station: Sendable {
    /// Who this process is.
    let me: Member
    /// The messages it understands and whom it is connected to.
    let mesh: Mesh
    /// What it says of itself with each heartbeat.
    let report: StationReport
    private let membership: Membership
    private let supervisor: Supervisor
    private let started = ContinuousClock.now

    /// Binds the mesh and makes this process somebody; it is registered once `service` runs.
    init(
        _ settings: Settings, member role: MemberRole, roles: [MemberRole], registry: any Registry,
        group: any EventLoopGroup, logger: Logger
    ) async throws {
        let listener: MeshListener
        do {
            listener = try await MeshListener.bind(host: settings.host, port: settings.meshPort, eventLoopGroup: group)
        } catch {
            throw Failure(
                .unavailable, "cannot listen on \(settings.host):\(settings.meshPort) (--mesh-port): \(error)")
        }
        let address = Exposure.advertised(settings)
        guard let name = MemberName(role: role, host: address, port: listener.boundPort) else {
            throw Failure(.configuration, "\(address) is no address peers could be told (--advertise)")
        }
        let me = Member(name: name, roles: roles, version: Version.current)
        let report = StationReport()
        let membership = Membership(
            me: me, registry: registry, eventLoopGroup: group, logger: logger, report: { report.now })
        let configuration = MeshConfiguration(cluster: settings.cluster, cookies: try Self.cookies(settings))
        let services = MeshServices()
        try services.register("echo") { message in message.body }
        try services.register("whoami") { _ in Array(name.description.utf8) }
        mesh = try Mesh(
            me: me, listener: listener, configuration: configuration, services: services, eventLoopGroup: group,
            logger: logger)
        let heartbeat = Duty(name: "heartbeat") {
            await membership.run()
            // It returns when this member left: there is nothing to restart then.
            try await Task.sleep(for: .seconds(86_400))
        }
        let supervisor = Supervisor(name: "member", duties: [heartbeat], logger: logger)
        report.setDuties { supervisor.statuses }
        self.me = me
        self.report = report
        self.membership = membership
        self.supervisor = supervisor
    }

    /// Who is there, as far as is known.
    var snapshot: MembershipSnapshot { membership.snapshot }

    /// Returns when the registry has answered and every member it named is connected, or after `limit`.
    func registered(upTo limit: Duration) async {
        let changed = WakeSignal()
        let (members, connections) = (membership.events(), mesh.events())
        let deadline = ContinuousClock.now + limit
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in members { changed.notify() } }
            group.addTask { for await _ in connections { changed.notify() } }
            while !Task.isCancelled, ContinuousClock.now < deadline {
                let generation = changed.generation
                if isWhole { break }
                await changed.wait(after: generation, upTo: deadline - .now)
            }
            group.cancelAll()
        }
    }

    /// Whether everybody who is up can be sent a message.
    private var isWhole: Bool {
        let snapshot = membership.snapshot
        let connected = Set(mesh.peers.filter(\.isConnected).map(\.member))
        return snapshot.registry.isHealthy
            && snapshot.up.allSatisfy { $0.member.id == me.id || connected.contains($0.member.id) }
    }

    /// The same for sysmon.
    var clusterView: ClusterView {
        let connected = mesh.peers.filter(\.isConnected).count
        var view = ClusterView(membership.snapshot, peers: [me.name: connected])
        // Before the first beat was answered the registry is not degraded yet, only new.
        if ContinuousClock.now - started < .seconds(3) { view.registryDegradedFor = nil }
        return view
    }

    /// The heartbeat and the mesh: first to start, last to stop.
    var service: any Service { StationService(membership: membership, mesh: mesh, supervisor: supervisor) }

    private static func cookies(_ settings: Settings) throws(Failure) -> [MeshCookie] {
        // Anybody can compute it: it keeps clusters apart, and `Exposure` has made sure that is enough here.
        if settings.cookies.isEmpty { return [MeshCookie.wellKnown(cluster: settings.cluster)] }
        var cookies: [MeshCookie] = []
        for secret in settings.cookies {
            guard let cookie = MeshCookie(secret) else {
                throw Failure(.configuration, "cookie: at least \(MeshCookie.shortest) bytes")
            }
            cookies.append(cookie)
        }
        return cookies
    }
}

/// Runs a station; on graceful shutdown it says goodbye, so that the others see it leave rather than lose it.
private struct StationService: Service {
    let membership: Membership
    let mesh: Mesh
    let supervisor: Supervisor

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await supervisor.run() }
            group.addTask { await mesh.run(following: membership) }
            group.addTask {
                try await gracefulShutdown()
                await goodbye()
            }
            // Whichever ends first ends the station: the goodbye, or a duty that could not be kept up.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// A registry that does not answer must not keep the process: the entry expires by itself.
    private func goodbye() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await membership.leave() }
            group.addTask { try? await Task.sleep(for: .seconds(1)) }
            await group.next()
            group.cancelAll()
        }
    }
}
