import Testing

@testable import RoostCluster

@Suite("Demo messages")
struct DemoMessagesTests {
    private func bench() async throws -> MeshBench {
        let bench = try await MeshBench.start(3)
        for mesh in bench.meshes { try DemoMessages.register(on: mesh) }
        return bench
    }

    @Test("a message goes from worker to worker and comes back with its trail, also round in circles")
    func relay() async throws {
        let bench = try await bench()
        try await bench.running {
            try await bench.connectAll()
            let names = bench.meshes.map { "\($0.me.name)" }
            let request = DemoMessages.RelayRequest(message: "hi", route: [names[2], names[0], names[1]])
            let reply = try await bench.meshes[0].call(
                bench.meshes[1].me.name, "demo.relay", encoding: request, as: DemoMessages.RelayReply.self,
                timeout: .seconds(30))
            #expect(reply == .init(message: "hi", trail: [names[1], names[2], names[0], names[1]]))
            await #expect(throws: MeshError.remote(code: 2, message: "no name: nobody")) {
                try await bench.meshes[0].call(
                    bench.meshes[1].me.name, "demo.relay", Array("{\"message\":\"x\",\"route\":[\"nobody\"]}".utf8),
                    timeout: .seconds(30))
            }
        }
    }

    @Test("one worker has another count, and hears of each step and the end")
    func count() async throws {
        let bench = try await bench()
        try await bench.running {
            try await bench.connectAll()
            let target = bench.meshes[1].me.name
            let task = try await bench.meshes[0].spawn(
                target, "demo.count", encoding: DemoMessages.CountRequest(to: 20), timeout: .seconds(30))
            let result = try await task.result(as: DemoMessages.CountResult.self)
            #expect(result == .init(counted: 20, member: "\(target)"))
            var steps: [Int] = []
            for await step in task.progress {
                steps.append(try JSONBody.decode(DemoMessages.CountStep.self, step).number)
            }
            #expect(steps == Array(1...20))
            let endless = try await bench.meshes[0].spawn(
                target, "demo.count", Array("{\"to\":1000000,\"milliseconds\":1000}".utf8), timeout: .seconds(30))
            endless.cancel()
            await #expect(throws: MeshError.remote(code: 0, message: "CancellationError")) {
                try await endless.result()
            }
        }
    }
}
