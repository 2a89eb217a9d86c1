import Synchronization

@testable import RoostCluster

extension MeshBench {
    /// Runs two groups of meshes at once, all connected, each with a configuration of its own.
    static func running(
        _ first: MeshBench, _ second: MeshBench, _ body: () async throws -> Void
    ) async throws {
        try await first.running {
            try await second.running {
                let all = first.meshes + second.meshes
                for mesh in all { mesh.setMembers(all.map(\.me)) }
                try await eventually {
                    all.allSatisfy { mesh in
                        mesh.peers.count == all.count - 1 && mesh.peers.allSatisfy(\.isConnected)
                    }
                }
                try await body()
            }
        }
    }

    /// The connection from one mesh to another.
    static func link(_ from: Mesh, _ to: Mesh) throws -> MeshConnection {
        try from.connection(to: to.me.name, nil)
    }
}

/// Lets tasks wait until it is opened.
final class Gate: Sendable {
    private let settled = Settled<Bool>()

    func open() { settled.settle(true) }

    /// Throws when the task is cancelled first.
    func wait() async throws {
        if await settled.wait() == nil { throw CancellationError() }
    }
}

/// Collects what many tasks see.
final class Seen<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    var all: [Value] { values.withLock { $0 } }
    var count: Int { values.withLock { $0.count } }

    func note(_ value: Value) { values.withLock { $0.append(value) } }
}
