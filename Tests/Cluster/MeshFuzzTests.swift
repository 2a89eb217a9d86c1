import NIOCore
import NIOPosix
import RoostTestKit
import Testing

@testable import RoostCluster

/// What a peer that knows the cookie and nothing else can do.
@Suite("Mesh fuzz")
struct MeshFuzzTests {
    private func payload(_ generator: inout SeededGenerator, _ type: UInt8) -> ByteBuffer {
        let size = Int.random(in: 0...80, using: &generator)
        let noise = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
        guard Bool.random(using: &generator) else { return ByteBuffer(bytes: noise) }
        // Half of them are nearly right.
        let service = ["echo", "task", "g", "none"].randomElement(using: &generator) ?? "echo"
        return switch FrameType(rawValue: type) {
        case .cast, .call, .spawn, .publish: MessageBody(patience: 50, service: service, body: noise).encode()
        case .cancel: ByteBuffer(string: service)
        case .group: GroupNews(.joined, [service, "\(size)"]).frame.payload
        case .monitor, .demonitor: Frame.monitor(1, task: UInt64(size), isSpawner: true).payload
        case .down: Frame.down(1, .error(code: 1, message: service), noise).payload
        default: ByteBuffer(bytes: noise)
        }
    }

    @Test("frames of every type with random payloads crash nothing, are counted, and the others are not affected")
    func frames() async throws {
        let total = FlowTests.measure("ROOST_TEST_FUZZ", 10_000)
        let bench = try await MeshBench.start(2)
        let (mesh, other) = (bench.meshes[1], bench.meshes[0])
        try mesh.services.register("echo") { $0.body }
        try mesh.services.registerTask("task") { arguments, context in
            context.progress(arguments)
            return arguments
        }
        _ = try mesh.join("g") { _ in }
        try await bench.running {
            try await bench.connectAll()
            let client = MeshClient(configuration: try Fixture.configuration(), eventLoopGroup: Fixture.group)
            var generator = SeededGenerator(seed: 11)
            var peer = try await client.connect(host: "127.0.0.1", port: mesh.me.meshPort)
            var connections = 1
            for number in 0..<total {
                if !peer.isConnected {
                    await peer.close()
                    peer = try await client.connect(host: "127.0.0.1", port: mesh.me.meshPort)
                    connections += 1
                }
                let known = Bool.random(using: &generator)
                let type = known ? UInt8.random(in: 3...45, using: &generator) : .random(in: 0...255, using: &generator)
                // Reserved flags end a connection, so they are rare here.
                let flags: UInt8 = number % 500 == 499 ? .random(in: 0...255, using: &generator) : type > 8 ? 4 : 0
                let frame = Frame(
                    rawType: type, flags: .init(rawValue: flags),
                    correlation: .random(in: 0...20, using: &generator), payload: payload(&generator, type))
                peer.send(frame)
                if number % 100 == 99 { _ = try? await peer.ping(timeout: .seconds(30)) }
            }
            _ = try? await peer.ping(timeout: .seconds(30))
            #expect(try await other.call(mesh.me.name, "echo", [1], timeout: .seconds(30)) == [1])
            #expect(other.members(of: "g") == [mesh.me.id])
            let counters = mesh.counters
            #expect(counters.framesReceived > total / 10)
            #expect(counters.malformedMessages > 0 && counters.castsDropped > 0 && counters.spawnsRefused > 0)
            #expect(connections < total / 10)
            FigureSheet.add(
                "\(total) frames that mean nothing, behind the cookie",
                "no crash, \(counters.malformedMessages) counted",
                values: ["frames": .count(total), "malformed": .count(Int(clamping: counters.malformedMessages))])
            await peer.close()
            try await MeshBench.eventually { mesh.groupNames == ["g"] && mesh.tasks.count == 0 }
        }
    }

    @Test("bytes that are no frames, after a proof, end the connection and are counted")
    func bytes() async throws {
        let bench = try await MeshBench.start(1)
        let mesh = bench.meshes[0]
        try await bench.running {
            let client = MeshClient(configuration: try Fixture.configuration(), eventLoopGroup: Fixture.group)
            for bytes: [UInt8] in [[0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 1], [0, 0x20, 0, 0]] {
                let peer = try await client.connect(host: "127.0.0.1", port: mesh.me.meshPort)
                peer.write(ByteBuffer(bytes: bytes))
                try await MeshBench.eventually { !peer.isConnected }
            }
            #expect(mesh.counters.malformed == 3)
        }
    }
}

extension MeshPeer {
    func send(_ frame: Frame) {
        var bytes = ByteBuffer()
        frame.encode(into: &bytes)
        write(bytes)
    }

    /// Writes anything at all.
    func write(_ bytes: ByteBuffer) {
        connection.channel.writeAndFlush(bytes, promise: nil)
    }
}
