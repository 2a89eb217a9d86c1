import NIOCore
import NIOPosix
import RoostTestKit
import Synchronization
import Testing

@testable import RoostCluster

/// What strangers can do to the mesh's port, and what a client can.
@Suite("Mesh door")
struct MeshDoorTests {
    /// A bare TCP connection that sends what it is told and waits for the other side to close.
    private func knock(_ mesh: Mesh, _ bytes: [UInt8]) async throws {
        let channel = try await ClientBootstrap(group: Fixture.group)
            .connect(host: "127.0.0.1", port: mesh.listener.boundPort).get()
        // The other side may close while this is being written.
        try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
        try await channel.closeFuture.get()
    }

    @Test("garbage is closed and counted, and the others are not affected")
    func garbage() async throws {
        let bench = try await MeshBench.start(2)
        let mesh = bench.meshes[1]
        try mesh.services.register("echo") { $0.body }
        try await bench.running {
            try await bench.connectAll()
            try await knock(mesh, Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
            try await knock(mesh, [0xFF, 0xFF, 0xFF, 0xFF])
            try await knock(mesh, [0, 0, 0x20, 0])
            var generator = SeededGenerator(seed: 7)
            for _ in 0..<20 {
                let size = Int.random(in: 4...300, using: &generator)
                // A length that is never complete would only wait for the deadline.
                let noise = (0..<size).map { _ in UInt8.random(in: 1...255, using: &generator) }
                try await knock(mesh, noise)
            }
            #expect(mesh.counters.rejected[.notRoost] == 23)
            #expect(try await bench.meshes[0].call(mesh.me.name, "echo", [1]) == [1])
            #expect(mesh.counters.established == 1)
        }
    }

    @Test("who does not prove itself in time is closed, and only so many may try at once")
    func slowLoris() async throws {
        let bench = try await MeshBench.start(1) {
            $0.handshakeDeadline = .milliseconds(300)
            $0.maximumUnauthenticated = 3
        }
        let mesh = bench.meshes[0]
        try await bench.running {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await knock(mesh, [0, 0]) } }
                try await group.waitForAll()
            }
            let rejected = mesh.counters.rejected
            #expect((rejected[.timeout] ?? 0) >= 3)
            #expect((rejected[.timeout] ?? 0) + (rejected[.busy] ?? 0) == 8)
            let client = MeshClient(configuration: try Fixture.configuration(), eventLoopGroup: Fixture.group)
            // The time is short for a busy machine: one attempt that is quick enough will do.
            var peer: MeshPeer?
            for _ in 0..<100 where peer == nil {
                peer = try? await client.connect(host: "127.0.0.1", port: mesh.me.meshPort)
            }
            try await Fixture.required(peer).close()
        }
    }

    @Test("a client calls and casts without being a member")
    func client() async throws {
        let bench = try await MeshBench.start(1)
        let mesh = bench.meshes[0]
        try mesh.services.register("who") { Array($0.sender.name.role.rawValue.utf8) }
        try await bench.running {
            let client = MeshClient(configuration: try Fixture.configuration(), eventLoopGroup: Fixture.group)
            let peer = try await client.connect(host: "127.0.0.1", port: mesh.me.meshPort)
            #expect(peer.member == mesh.me.id)
            #expect(try await peer.call("who") == Array("shell".utf8))
            #expect(try await peer.ping() >= .zero)
            let second = try await client.connect(host: "localhost", port: mesh.me.meshPort)
            #expect(peer.isConnected && second.isConnected)
            await peer.close()
            await #expect(throws: MeshError.connectionLost(maybeDelivered: false)) { try await peer.call("who") }
            await second.close()
        }
    }

    @Test("a wrong cookie, another cluster and a closed port are told apart")
    func refusals() async throws {
        let bench = try await MeshBench.start(1)
        let mesh = bench.meshes[0]
        try await bench.running {
            let port = mesh.me.meshPort
            let wrong = MeshClient(
                configuration: try Fixture.configuration(secrets: ["wrong wrong wrong wrong wrong wrong"]),
                eventLoopGroup: Fixture.group)
            await #expect(throws: MeshError.rejected(.cookie)) {
                try await wrong.connect(host: "127.0.0.1", port: port)
            }
            let other = MeshClient(
                configuration: try Fixture.configuration(cluster: "other"), eventLoopGroup: Fixture.group)
            await #expect(throws: MeshError.rejected(.cluster)) {
                try await other.connect(host: "127.0.0.1", port: port)
            }
            #expect(mesh.counters.rejected == [.cookie: 1, .cluster: 1])
        }
        let client = MeshClient(configuration: try Fixture.configuration(), eventLoopGroup: Fixture.group)
        do throws(MeshError) {
            _ = try await client.connect(host: "127.0.0.1", port: mesh.me.meshPort)
            Issue.record("a closed port answered")
        } catch {
            guard case .unreachable = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("frames of an unknown type are answered with an error, or dropped when they are optional")
    func unknownTypes() async throws {
        let bench = try await MeshBench.start(2)
        try await bench.running {
            try await bench.connectAll()
            let connection = try #require(bench.meshes[0].state.withLock { $0.connections.values.first })
            let dropped = await connection.calls.ask(timeout: .milliseconds(50)) { number in
                connection.enqueue(Frame(rawType: 200, flags: .optional, correlation: number, payload: ByteBuffer()))
            }
            #expect(throws: MeshError.timeout) { try dropped.get() }
            let answer = await connection.calls.ask(timeout: .seconds(30)) { number in
                connection.enqueue(Frame(rawType: 200, flags: [], correlation: number, payload: ByteBuffer()))
            }
            #expect(throws: MeshError.unsupported) { try answer.get() }
            let reserved = await connection.calls.ask(timeout: .seconds(30)) { number in
                connection.enqueue(Frame(.call, flags: .compressed, correlation: number))
            }
            #expect(throws: MeshError.unsupported) { try reserved.get() }
        }
    }

    @Test("a mesh without a cookie or with an unusable cluster name cannot be made")
    func misconfigured() async throws {
        let listener = try await MeshListener.bind(host: "127.0.0.1", port: 0, eventLoopGroup: Fixture.group)
        let me = try Fixture.member("api@127.0.0.1:\(listener.boundPort)")
        for configuration in [
            MeshConfiguration(cluster: "c", cookies: []), try Fixture.configuration(cluster: "a b"),
        ] {
            #expect(throws: MeshError.self) {
                try Mesh(
                    me: me, listener: listener, configuration: configuration, eventLoopGroup: Fixture.group,
                    logger: Fixture.logger)
            }
        }
        await listener.close()
    }

    @Test("the mesh follows its membership")
    func following() async throws {
        let registry = MemoryRegistry()
        let bench = try await MeshBench.start(2)
        var configuration = MembershipConfiguration()
        configuration.minimumGap = .milliseconds(10)
        let memberships = bench.meshes.map { mesh in
            Membership(
                me: mesh.me, registry: registry, configuration: configuration, eventLoopGroup: Fixture.group,
                logger: Fixture.logger, report: { MemberReport() })
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (mesh, membership) in zip(bench.meshes, memberships) {
                group.addTask { await mesh.run(following: membership) }
                group.addTask { await membership.run() }
            }
            try await MeshBench.eventually {
                bench.meshes.allSatisfy { $0.peers.count == 1 && $0.peers.allSatisfy(\.isConnected) }
            }
            group.cancelAll()
        }
    }
}
