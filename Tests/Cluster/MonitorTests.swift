import NIOCore
import Synchronization
import Testing

@testable import RoostCluster

@Suite("Monitors")
struct MonitorTests {
    private func reasons(_ monitor: MeshMonitor) async -> [DownReason] {
        var reasons: [DownReason] = []
        for await reason in monitor.down { reasons.append(reason) }
        return reasons
    }

    @Test("a member that is lost fires its monitors once each, a task's among them")
    func lost() async throws {
        let bench = try await MeshBench.start(1)
        let survivor = bench.meshes[0]
        try await bench.running {
            // Says no goodbye, as if it were killed.
            let late = try await MeshBench.start(1) { $0.features.remove(.membership) }
            let victim = late.meshes[0].me
            try late.meshes[0].services.registerTask("hang") { _, _ in
                try await Task.sleep(for: .seconds(3600))
                return []
            }
            let events = survivor.events()
            var monitors: [MeshMonitor] = []
            var task: MeshTask?
            try await late.running {
                survivor.setMembers([victim])
                _ = try await first(of: events) { $0 == .connected(victim.id) }
                task = try await survivor.spawn(victim.name, "hang", timeout: .seconds(30))
                monitors = [try survivor.monitor(victim.id), try survivor.monitor(victim.id)]
                if let task { monitors.append(try task.monitor()) }
                // Its links go first: the end of a task that is cancelled with it must not be heard any more.
                await late.meshes[0].listener.close()
                for link in late.meshes[0].state.withLock({ Array($0.connections.values) }) {
                    link.close()
                    try? await link.channel.closeFuture.get()
                }
            }
            for monitor in monitors { #expect(await reasons(monitor) == [.nodeDown]) }
            await #expect(throws: MeshError.nodeDown) { try await task?.result() }
            survivor.memberEnded(victim.id, .nodeDown)
            #expect(await reasons(try survivor.monitor(victim.id)) == [.nodeDown])
        }
    }

    @Test("a new life of the same name ends the old one")
    func reborn() async throws {
        let bench = try await MeshBench.start(1)
        let survivor = bench.meshes[0]
        try await bench.running {
            let early = try await MeshBench.start(1) { $0.features.remove(.membership) }
            let old = early.meshes[0].me
            let events = survivor.events()
            var monitor: MeshMonitor?
            try await early.running {
                survivor.setMembers([old])
                _ = try await first(of: events) { $0 == .connected(old.id) }
                monitor = try survivor.monitor(old.id)
                early.stop()
                _ = try await first(of: events) { $0 == .disconnected(old.id) }
            }
            let second = try await MeshBench.start(1, port: old.meshPort, incarnation: 2)
            try await second.running {
                survivor.setMembers([second.meshes[0].me])
                if let monitor { #expect(await reasons(monitor) == [.nodeDown]) }
            }
        }
    }

    @Test("a member that said goodbye has left, and of one nobody knows there is nothing to watch")
    func left() async throws {
        let registry = MemoryRegistry()
        let bench = try await MeshBench.start(2)
        var configuration = MembershipConfiguration()
        configuration.minimumGap = .milliseconds(10)
        let memberships = bench.meshes.map { mesh in
            Membership(
                me: mesh.me, registry: registry, configuration: configuration, eventLoopGroup: Fixture.group,
                logger: Fixture.logger, report: { MemberReport() })
        }
        let (watching, leaving) = (bench.meshes[0], bench.meshes[1])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for membership in memberships { group.addTask { await membership.run() } }
            group.addTask { await watching.run(following: memberships[0]) }
            let (stopped, stop) = AsyncStream.makeStream(of: Void.self)
            group.addTask {
                await withTaskGroup(of: Void.self) { inner in
                    inner.addTask { await leaving.run(following: memberships[1]) }
                    for await _ in stopped {}
                    inner.cancelAll()
                }
            }
            // Both of them: goodbye is said to those one is connected to.
            try await MeshBench.eventually {
                [watching, leaving].allSatisfy { mesh in mesh.peers.contains { $0.isConnected } }
            }
            let stranger = try Fixture.member("api@nowhere:1")
            #expect(await reasons(try watching.monitor(stranger.id)) == [.noproc])
            let monitor = try watching.monitor(leaving.me.id)
            try await memberships[1].leave()
            try await MeshBench.eventually { memberships[0].snapshot.up.count == 1 }
            stop.finish()
            let found = await reasons(monitor)
            #expect(found == [.left])
            group.cancelAll()
        }
    }

    @Test("a monitor that was cancelled says nothing, and there are only so many")
    func cancelled() async throws {
        let bench = try await MeshBench.start(2) { $0.maximumMonitors = 2 }
        try await bench.running {
            try await bench.connectAll()
            let (mesh, other) = (bench.meshes[0], bench.meshes[1].me.id)
            let monitors = [try mesh.monitor(other), try mesh.monitor(other)]
            #expect(throws: MeshError.overloaded) { try mesh.monitor(other) }
            monitors[0].cancel()
            #expect(await reasons(monitors[0]).isEmpty)
            _ = try mesh.monitor(other)
        }
    }
}
