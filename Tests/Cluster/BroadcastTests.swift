import Testing

@testable import RoostCluster

@Suite("Broadcast")
struct BroadcastTests {
    @Test("a broadcast reaches all others, and says whom it could not reach")
    func broadcast() async throws {
        let bench = try await MeshBench.start(4)
        let heard = Seen<MemberID>()
        for mesh in bench.meshes {
            let id = mesh.me.id
            try mesh.services.register("news") { _ in
                heard.note(id)
                return nil
            }
        }
        try await bench.running {
            try await bench.connectAll()
            let sender = bench.meshes[0]
            let absent = try Fixture.member("worker@127.0.0.1:1")
            sender.setMembers(bench.meshes.map(\.me) + [absent])
            let outcome = sender.broadcast("news", [1])
            #expect(outcome.reached == bench.meshes.dropFirst().map(\.me.id).sorted())
            #expect(outcome.unreached == [absent.id: .notConnected])
            try await MeshBench.eventually { heard.count == 3 }
            #expect(Set(heard.all) == Set(outcome.reached))
            #expect(sender.broadcast("news", roles: [.api]).reached.isEmpty)
            #expect(sender.broadcast("news", roles: [.api, .worker]).reached.count == 3)
        }
    }

    @Test("a multicall gives each member's reply or failure, within one time limit")
    func multicall() async throws {
        let bench = try await MeshBench.start(4)
        for (number, mesh) in bench.meshes.enumerated() {
            if number == 2 { continue }
            try mesh.services.register("who") { (question: String, _: MemberID) -> String in
                if number == 3 { try await Task.sleep(for: .seconds(3600)) }
                return "\(question) \(number)"
            }
        }
        try await bench.running {
            try await bench.connectAll()
            let ids = bench.meshes.map(\.me.id)
            let answers = try await bench.meshes[0].multicall(
                "who", encoding: "I am", as: String.self, timeout: .seconds(8))
            #expect(answers == [ids[1]: .success("I am 1"), ids[2]: .failure(.noService), ids[3]: .failure(.timeout)])
            let stale = MemberID(name: ids[1].name, incarnation: 99)
            let chosen = await bench.meshes[0].multicall("who", Array("\"x\"".utf8), members: [stale, ids[0]])
            #expect(chosen == [stale: .failure(.nodeDown), ids[0]: .success(Array("\"x 0\"".utf8))])
        }
    }
}
