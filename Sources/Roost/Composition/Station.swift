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
    /// Who this process is. It comes back as a new incarnation after the others counted it as down.
    var me: Member { membership.me }
    /// The messages it understands and whom it is connected to.
    let mesh: Mesh
    /// What it says of itself with each heartbeat.
    let report: StationReport
    private let membership: Membership
    private let supervisor: Supervisor
    private let started = ContinuousClock.now

    /// Binds the mesh and makes this process somebody; it is registered once `service` runs.
    /// - Parameter rescue: what takes back the jobs of dead workers; nil for who only visits.
    init(
        _ settings: Settings, member role: MemberRole, roles: [MemberRole], registry: any Registry,
        rescue: Rescue? = nil, group: any EventLoopGroup, logger: Logger
    ) async throws {
        let configuration = try Self.configuration(settings)
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
        // What ran for the earlier life goes on: the store refuses what was given to others meanwhile.
        let membership = Membership(
            me: me, registry: registry, eventLoopGroup: group, logger: logger, report: { report.now })
        do throws(MeshError) {
            let mesh = try Mesh(
                me: me, listener: listener, configuration: configuration, eventLoopGroup: group, logger: logger)
            try StationServices.register(on: mesh)
            if settings.demo, roles.contains(.worker) { try DemoMessages.register(on: mesh) }
            self.mesh = mesh
        } catch {
            await listener.close()
            throw Failure(.configuration, MeshText.sentence(error))
        }
        var duties = [
            Duty(name: "heartbeat") {
                await membership.run()
                // It returns when this member left: there is nothing to restart then.
                try await Task.sleep(for: .seconds(86_400))
            }
        ]
        if let rescue {
            let watch = DeathWatch(membership: membership, rescue: rescue, patience: settings.lease, logger: logger)
            let predecessor = Predecessor(born: me.id, rescue: rescue, patience: settings.lease, logger: logger)
            duties.append(
                Duty(name: "rescue") {
                    await predecessor.run()
                    await watch.run()
                })
        }
        let supervisor = Supervisor(name: "member", duties: duties, logger: logger)
        report.setDuties { supervisor.statuses }
        self.report = report
        self.membership = membership
        self.supervisor = supervisor
    }

    /// Who is there, as far as is known.
    var snapshot: MembershipSnapshot {
        var snapshot = membership.snapshot
        for place in snapshot.members.indices where snapshot.members[place].member.name == snapshot.me.name {
            snapshot.members[place].connections = mesh.peers.count(where: \.isConnected)
        }
        return snapshot
    }

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

    /// Tells the others at once what has changed in the report.
    func announce() { membership.announce() }

    /// The same for sysmon.
    var clusterView: ClusterView {
        var view = ClusterView(snapshot)
        // Before the first beat was answered the registry is not degraded yet, only new.
        if ContinuousClock.now - started < .seconds(3) { view.registryDegradedFor = nil }
        return view
    }

    /// The heartbeat and the mesh: first to start, last to stop.
    var service: any Service { StationService(membership: membership, mesh: mesh, supervisor: supervisor) }

    private static func configuration(_ settings: Settings) throws(Failure) -> MeshConfiguration {
        var configuration = MeshConfiguration(cluster: settings.cluster, cookies: try cookies(settings))
        switch (settings.meshCert, settings.meshKey, settings.meshCA) {
        case (nil, nil, nil): break
        case (let certificate?, let key?, let authority?):
            configuration.tls = MeshTLS(certificatePath: certificate, keyPath: key, authorityPath: authority)
        default: throw Failure(.configuration, "--mesh-cert, --mesh-key and --mesh-ca go together")
        }
        return configuration
    }

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
