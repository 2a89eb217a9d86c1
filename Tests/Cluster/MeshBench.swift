import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import RoostCluster

/// Some meshes in one process, on loopback ports of their own.
struct MeshBench {
    let meshes: [Mesh]
    private let stopping: (stream: AsyncStream<Void>, end: AsyncStream<Void>.Continuation)

    static func start(
        _ count: Int, services: MeshServices? = nil, port: Int = 0, incarnation: UInt64 = 1,
        _ adjust: (inout MeshConfiguration) -> Void = { _ in }
    ) async throws -> MeshBench {
        var configuration = try Fixture.configuration()
        configuration.redialMinimum = .milliseconds(10)
        configuration.redialMaximum = .milliseconds(100)
        configuration.handshakeDeadline = .seconds(5)
        adjust(&configuration)
        var meshes: [Mesh] = []
        for number in 0..<count {
            let listener = try await MeshListener.bind(host: "127.0.0.1", port: port, eventLoopGroup: Fixture.group)
            #expect(listener.isLoopback)
            let me = try Fixture.member("worker@127.0.0.1:\(listener.boundPort)", incarnation: incarnation)
            let own = number == count - 1 ? services : nil
            meshes.append(
                try Mesh(
                    me: me, listener: listener, configuration: configuration, services: own ?? MeshServices(),
                    eventLoopGroup: Fixture.group, logger: Fixture.logger))
        }
        let (stream, end) = AsyncStream.makeStream(of: Void.self)
        return MeshBench(meshes: meshes, stopping: (stream, end))
    }

    /// Runs the meshes while the body does, or until `stop`.
    func running(_ body: () async throws -> Void) async throws {
        let stopped = stopping.stream
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { inner in
                    for mesh in meshes { inner.addTask { await mesh.run() } }
                    for await _ in stopped {}
                    inner.cancelAll()
                }
            }
            try await body()
            group.cancelAll()
        }
    }

    /// Ends the meshes before the body of `running` does.
    func stop() { stopping.end.finish() }

    /// Makes all meshes members and waits until each pair is connected.
    func connectAll() async throws {
        for mesh in meshes { mesh.setMembers(meshes.map(\.me)) }
        let count = meshes.count
        try await Self.eventually {
            meshes.allSatisfy { mesh in mesh.peers.count == count - 1 && mesh.peers.allSatisfy(\.isConnected) }
        }
    }

    static func eventually(_ condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while !condition() {
            try #require(ContinuousClock.now < deadline, "not within twenty seconds")
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Services with one that never answers, `hang`, and says when it begins.
    static func hanging(_ begun: AsyncStream<Void>.Continuation) throws -> MeshServices {
        let services = MeshServices()
        try services.register("hang") { _ in
            begun.yield()
            try await Task.sleep(for: .seconds(3600))
            return nil
        }
        return services
    }

    static func failure(_ body: () async throws -> [UInt8]) async -> MeshError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? MeshError
        }
    }
}
