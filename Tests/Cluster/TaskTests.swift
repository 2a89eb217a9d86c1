import Testing

@testable import RoostCluster

@Suite("Spawned tasks")
struct TaskTests {
    private func bench(_ adjust: (inout MeshConfiguration) -> Void = { _ in }) async throws -> MeshBench {
        let bench = try await MeshBench.start(2, adjust)
        for mesh in bench.meshes {
            try mesh.services.registerTask("double") { (number: Int, context: MeshTaskContext) -> Int in
                context.progress(encoding: "begun")
                return number * 2
            }
            try mesh.services.registerTask("fail") { _, _ in throw MeshServiceFailure(code: 7, message: "no") }
            try mesh.services.registerTask("hang") { _, context in
                context.progress([1])
                try await Task.sleep(for: .seconds(3600))
                return []
            }
            try mesh.services.registerTask("operators", roles: [.shell]) { _, _ in [] }
        }
        return bench
    }

    @Test("a task spawned by name at another member or at oneself gives its progress and its result")
    func result() async throws {
        let bench = try await bench()
        try await bench.running {
            try await bench.connectAll()
            for target in bench.meshes.map(\.me) {
                let task = try await bench.meshes[0].spawn(target.name, "double", encoding: 21, timeout: .seconds(30))
                #expect(task.id.member == target.id)
                #expect(try await task.result(as: Int.self) == 42)
                #expect(try await task.result(as: Int.self) == 42)
                var progress: [[UInt8]] = []
                for await step in task.progress { progress.append(step) }
                #expect(progress == [Array("\"begun\"".utf8)])
                var reasons: [DownReason] = []
                for await reason in try task.monitor().down { reasons.append(reason) }
                #expect(reasons == [.normal])
            }
        }
    }

    @Test("each way a spawn or its task can fail has its own error")
    func failures() async throws {
        let bench = try await bench()
        try await bench.running {
            try await bench.connectAll()
            let (mesh, target) = (bench.meshes[0], bench.meshes[1])
            for name in [target.me.name, mesh.me.name] {
                await #expect(throws: MeshError.noService) { try await mesh.spawn(name, "nothing") }
                await #expect(throws: MeshError.forbidden) { try await mesh.spawn(name, "operators") }
                await #expect(throws: MeshError.invalid("task name")) { try await mesh.spawn(name, "a b") }
                let failing = try await mesh.spawn(name, "fail")
                await #expect(throws: MeshError.remote(code: 7, message: "no")) { try await failing.result() }
                let wrong = try await mesh.spawn(name, "double", encoding: "x")
                await #expect(throws: MeshError.remote(code: 0, message: "MeshError")) { try await wrong.result() }
            }
            #expect(target.counters.spawnsRefused == 2)
        }
    }

    @Test("a cancelled task ends, and each watcher hears of it exactly once")
    func cancelling() async throws {
        let bench = try await bench()
        try await bench.running {
            try await bench.connectAll()
            let mesh = bench.meshes[0]
            for target in bench.meshes.map(\.me.name) {
                let task = try await mesh.spawn(target, "hang", timeout: .seconds(30))
                let monitors = [try task.monitor(), try mesh.monitor(task.id)]
                let other = try bench.meshes[1].monitor(task.id)
                for await step in task.progress {
                    #expect(step == [1])
                    break
                }
                task.cancel()
                await #expect(throws: MeshError.remote(code: 0, message: "CancellationError")) {
                    try await task.result()
                }
                for monitor in monitors + [other] {
                    var reasons: [DownReason] = []
                    for await reason in monitor.down { reasons.append(reason) }
                    #expect(reasons == [.error(code: 0, message: "CancellationError")])
                }
            }
        }
    }

    @Test("only so many tasks run at once, and an ended one makes room")
    func limit() async throws {
        let bench = try await bench { $0.maximumTasks = 2 }
        try await bench.running {
            try await bench.connectAll()
            let (mesh, target) = (bench.meshes[0], bench.meshes[1].me.name)
            let first = try await mesh.spawn(target, "hang", timeout: .seconds(30))
            _ = try await mesh.spawn(target, "hang", timeout: .seconds(30))
            await #expect(throws: MeshError.overloaded) {
                try await mesh.spawn(target, "hang", timeout: .seconds(30))
            }
            first.cancel()
            _ = try? await first.result()
            _ = try await mesh.spawn(target, "hang", timeout: .seconds(30))
        }
    }

    @Test("a connection that breaks and comes back loses neither the task nor its one end")
    func blip() async throws {
        let bench = try await bench()
        let gate = Gate()
        try bench.meshes[1].services.registerTask("gated") { arguments, _ in
            try await gate.wait()
            return arguments
        }
        try await bench.running {
            try await bench.connectAll()
            let (mesh, target) = (bench.meshes[0], bench.meshes[1])
            let task = try await mesh.spawn(target.me.name, "gated", [5], timeout: .seconds(30))
            let (monitor, member) = (try task.monitor(), try mesh.monitor(target.me.id))
            for round in 0..<3 {
                let old = try MeshBench.link(mesh, target)
                old.close()
                if round == 2 { gate.open() }
                try await MeshBench.eventually {
                    guard let new = try? MeshBench.link(mesh, target) else { return false }
                    return new.number != old.number && new.isOpen
                }
            }
            #expect(try await task.result() == [5])
            var reasons: [DownReason] = []
            for await reason in monitor.down { reasons.append(reason) }
            #expect(reasons == [.normal])
            member.cancel()
            for await reason in member.down { Issue.record("the member did not end: \(reason)") }
        }
    }

    @Test("when the spawner is gone its tasks are cancelled")
    func orphans() async throws {
        let bench = try await MeshBench.start(1)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        try bench.meshes[0].services.registerTask("hang") { _, _ in
            defer { end.yield() }
            try await Task.sleep(for: .seconds(3600))
            return []
        }
        let survivor = bench.meshes[0]
        try await bench.running {
            let spawner = try await MeshBench.start(1)
            try await spawner.running {
                survivor.setMembers([spawner.meshes[0].me])
                try await MeshBench.eventually { spawner.meshes[0].peers.contains(where: \.isConnected) }
                _ = try await spawner.meshes[0].spawn(survivor.me.name, "hang", timeout: .seconds(30))
                #expect(survivor.tasks.count == 1)
            }
            for await _ in ended { break }
            try await MeshBench.eventually { survivor.tasks.count == 0 }
        }
    }
}
