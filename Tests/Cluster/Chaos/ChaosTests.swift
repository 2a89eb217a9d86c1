import Glibc
import NIOCore
import NIOPosix
import RoostTestKit
import Testing

@testable import RoostCluster

/// Real members over real connections, on a network that misbehaves. Times are shorter than a cluster's, and nothing
/// here measures them.
@Suite("Failure detection", .serialized)
struct ChaosTests {
    @Test("a killed member is proved dead by two who saw its connection break and its port refuse, and is fenced")
    func kill() async throws {
        let registry = MemoryRegistry()
        try await ChaosNode.cluster(4, registry: registry) { _, nodes in
            let (victim, survivors) = (nodes[3], nodes[0..<3])
            let life = victim.membership.me.id
            let deaths = nodes[0].membership.downs()
            await victim.kill()
            let death = try await first(of: deaths) { $0.member.id == life }
            #expect(death.proof.isConclusive)
            try await MeshBench.eventually { survivors.allSatisfy { $0.downs[life] == .refused } }
            try await MeshBench.eventually { survivors.allSatisfy { $0.entry(victim.name)?.state.isUp == false } }
            try await eventually("the registry knows") { try await registry.members().deaths[life] != nil }
            #expect(survivors.allSatisfy { $0.downs.count == 1 })
        }
    }

    @Test("of two members the one that is left needs no other witness")
    func killOfTwo() async throws {
        try await ChaosNode.cluster(2) { _, nodes in
            let life = nodes[1].membership.me.id
            await nodes[1].kill()
            try await MeshBench.eventually { nodes[0].downs[life] == .refused }
        }
    }

    @Test("connections that break again and again bring nobody down")
    func resets() async throws {
        try await ChaosNode.cluster(3) { network, nodes in
            for _ in 0..<15 {
                network.reset()
                // The fault's own rhythm, not a wait for something.
                try await Task.sleep(for: .milliseconds(200))
            }
            try await ChaosNode.allUp(nodes)
            #expect(nodes.allSatisfy { $0.downs.isEmpty })
            #expect(nodes[0].events.contains { if case .suspect = $0 { true } else { false } })
        }
    }

    @Test("a silent member is suspected, then down without proof; it finds out and comes back as a new incarnation")
    func blackhole() async throws {
        try await ChaosNode.cluster(4) { network, nodes in
            let (lost, others) = (nodes[3], nodes[0..<3])
            let life = lost.membership.me
            network.isolate(lost.name)
            try await MeshBench.eventually { others.allSatisfy { $0.downs[life.id] == .silence } }
            for node in others {
                let events = node.events
                let suspected = try #require(events.firstIndex(of: .suspect(life)))
                #expect(suspected < (try #require(events.firstIndex(of: .down(life, .silence)))))
            }
            network.heal()
            try await ChaosNode.allUp(nodes)
            #expect(lost.membership.me.incarnation > life.incarnation)
            #expect(lost.membership.me.startedMicroseconds == life.startedMicroseconds)
            #expect(lost.events.contains(.rejoined(lost.membership.me)))
            // The larger side keeps its incarnations.
            #expect(others.allSatisfy { $0.membership.me.incarnation == 1 })
        }
    }

    @Test("a cut between two that others reach is a bad link and brings nobody down", arguments: [true, false])
    func badLink(bothWays: Bool) async throws {
        try await ChaosNode.cluster(3) { network, nodes in
            network.block(from: nodes[0].name, to: nodes[1].name)
            if bothWays { network.block(from: nodes[1].name, to: nodes[0].name) }
            try await MeshBench.eventually {
                nodes[1].membership.snapshot.badLinks.map(\.member.name) == [nodes[0].name]
            }
            // Longer than it takes to be given up.
            try await Task.sleep(for: .seconds(3))
            #expect(nodes[1].link(to: nodes[0])?.isBad == true)
            #expect(nodes[1].entry(nodes[0].name)?.state == .up)
            #expect(nodes.allSatisfy { $0.downs.isEmpty })
            network.heal()
            try await ChaosNode.allUp(nodes)
        }
    }

    @Test("who leaves is shown as left, not as down, and its port's refusal proves nothing")
    func goodbye() async throws {
        try await ChaosNode.cluster(3) { network, nodes in
            let leaver = nodes[2]
            await leaver.stop()
            await network.kill(leaver.name)
            try await MeshBench.eventually {
                nodes[0..<2].allSatisfy { $0.events.contains(.left(leaver.membership.me)) }
            }
            #expect(nodes[0..<2].allSatisfy { $0.downs.isEmpty })
        }
    }

    @Test("a member whose incarnation the registry has fenced comes back as a new one")
    func fenced() async throws {
        let registry = MemoryRegistry()
        try await ChaosNode.cluster(3, registry: registry) { _, nodes in
            let life = nodes[2].membership.me.id
            try await registry.fence(life, by: nodes[0].membership.me)
            try await MeshBench.eventually { nodes[2].membership.me.incarnation > life.incarnation }
            try await ChaosNode.allUp(nodes)
            #expect(nodes[0].downs[life] != nil)
        }
    }

    @Test("entries of members long gone keep nobody from joining")
    func staleEntries() async throws {
        let registry = MemoryRegistry()
        for port in 1...20 {
            let stale = Member(name: try Fixture.name("worker@127.0.0.1:\(port)"), incarnation: 1, version: "1")
            _ = try await registry.beat(stale, report: MemberReport(), ttl: .seconds(600))
        }
        try await ChaosNode.cluster(3, registry: registry) { _, nodes in
            try await MeshBench.eventually { nodes.allSatisfy { $0.membership.snapshot.up.count == 3 } }
            // What lies around does not count as a witness that is missing.
            #expect(nodes.allSatisfy { $0.downs.isEmpty })
        }
    }

    @Test("while the registry fails nobody is down and calls go on")
    func registryOutage() async throws {
        let registry = FailingRegistry()
        try await ChaosNode.cluster(3, registry: registry) { _, nodes in
            try nodes[1].mesh.services.register("echo") { $0.body }
            registry.fail(true)
            try await MeshBench.eventually { nodes.allSatisfy { !$0.membership.snapshot.registry.isHealthy } }
            // Longer than entries of the registry or silence would last.
            try await Task.sleep(for: .seconds(2))
            #expect(nodes.allSatisfy { $0.membership.snapshot.up.count == 3 && $0.downs.isEmpty })
            #expect(try await nodes[0].mesh.call(nodes[1].name, "echo", [7], timeout: .seconds(10)) == [7])
            registry.fail(false)
            try await MeshBench.eventually { nodes.allSatisfy { $0.membership.snapshot.registry.isHealthy } }
        }
    }

    @Test("who reaches one member finds the others")
    func exchange() async throws {
        try await ChaosNode.cluster(3) { network, nodes in
            let apart = MemoryRegistry()
            _ = try await apart.beat(nodes[0].membership.me, report: MemberReport(), ttl: .seconds(600))
            let late = try await ChaosNode.start(network, apart)
            do { try await ChaosNode.allUp(nodes + [late]) } catch { await late.stop(); throw error }
            await late.stop()
        }
    }

    @Test("a member that slept accuses nobody")
    func observerPaused() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        // The others are patient: the point is what it thinks of them.
        try await ChaosNode.cluster(3) {
            $0.detector.grace = .seconds(60)
        } _: { network, nodes in
            let registry = MemoryRegistry()
            for node in nodes { _ = try await registry.beat(node.membership.me, report: .init(), ttl: .seconds(600)) }
            let sleeper = try await ChaosNode.start(network, registry, group: group)
            do {
                try await MeshBench.eventually { nodes.allSatisfy { sleeper.link(to: $0) == .connected } }
                for _ in 0..<3 {
                    try await group.next().submit { _ = usleep(1_500_000) }.get()
                    try await MeshBench.eventually {
                        nodes.allSatisfy { (sleeper.entry($0.name)?.lastHeard ?? .seconds(9)) < .milliseconds(500) }
                    }
                }
                #expect(!sleeper.events.contains { if case .suspect = $0 { true } else { false } })
                #expect(sleeper.downs.isEmpty)
            } catch {
                await sleeper.stop()
                throw error
            }
            await sleeper.stop()
        }
        try await group.shutdownGracefully()
    }
}
