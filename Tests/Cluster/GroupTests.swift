import Testing

@testable import RoostCluster

@Suite("Groups")
struct GroupTests {
    @Test("all members come to see the same group, and what is published reaches each of its members in order")
    func publishing() async throws {
        let bench = try await MeshBench.start(3)
        let seen = bench.meshes.map { _ in Seen<[UInt8]>() }
        var subscriptions = [try bench.meshes[0].join("g") { seen[0].note($0.body) }]
        try await bench.running {
            try await bench.connectAll()
            subscriptions.append(try bench.meshes[1].join("g") { seen[1].note($0.body) })
            let ids = bench.meshes.map(\.me.id)
            try await MeshBench.eventually {
                bench.meshes.allSatisfy { $0.members(of: "g") == ids.prefix(2).sorted() }
            }
            #expect(bench.meshes[2].groupNames == ["g"])
            for number in 0..<200 { #expect(bench.meshes[2].publish("g", [UInt8(number)]).reached.count == 2) }
            #expect(bench.meshes[0].publish("g", [200]).reached == ids.prefix(2).sorted())
            try await MeshBench.eventually { seen[0].count == 201 && seen[1].count == 201 }
            #expect(seen[0].all.filter { $0 != [200] } == (0..<200).map { [UInt8($0)] })
            #expect(seen[1].all.filter { $0 != [200] } == (0..<200).map { [UInt8($0)] })
            subscriptions[0].leave()
            subscriptions[0].leave()
            try await MeshBench.eventually { bench.meshes.allSatisfy { $0.members(of: "g") == [ids[1]] } }
            #expect(bench.meshes[2].publish("g").reached == [ids[1]])
            #expect(bench.meshes[2].publish("empty").reached.isEmpty)
        }
    }

    @Test("two parts of one process are one member of a group, until the last leaves")
    func twice() async throws {
        let bench = try await MeshBench.start(2)
        let seen = Seen<Int>()
        try await bench.running {
            try await bench.connectAll()
            let parts = try (0..<2).map { number in try bench.meshes[0].join("g") { _ in seen.note(number) } }
            try await MeshBench.eventually { bench.meshes[1].members(of: "g") == [bench.meshes[0].me.id] }
            bench.meshes[1].publish("g")
            try await MeshBench.eventually { seen.count == 2 }
            parts[0].leave()
            #expect(bench.meshes[0].members(of: "g") == [bench.meshes[0].me.id])
            parts[1].leave()
            try await MeshBench.eventually { bench.meshes[1].members(of: "g").isEmpty }
        }
    }

    @Test("many joins and leaves at once, with connections breaking, end in the same view everywhere")
    func convergence() async throws {
        let bench = try await MeshBench.start(4)
        try await bench.running {
            try await bench.connectAll()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, mesh) in bench.meshes.enumerated() {
                    group.addTask {
                        for round in 0..<50 {
                            let subscription = try mesh.join("g\(round % 7)") { _ in }
                            if (round + number) % 3 != 0 { subscription.leave() }
                            await Task.yield()
                        }
                    }
                }
                for _ in 0..<5 {
                    try? MeshBench.link(bench.meshes[0], bench.meshes[1]).close()
                    try? MeshBench.link(bench.meshes[2], bench.meshes[3]).close()
                    try await Task.sleep(for: .milliseconds(5))
                }
                try await group.waitForAll()
            }
            let expected = (0..<7).map { group in
                bench.meshes.filter { $0.groups.hasJoined("g\(group)") }.map(\.me.id).sorted()
            }
            try await MeshBench.eventually {
                bench.meshes.allSatisfy { mesh in (0..<7).map { mesh.members(of: "g\($0)") } == expected }
            }
        }
    }

    @Test("a member that is gone is in no group")
    func gone() async throws {
        let (bench, leaving) = (try await MeshBench.start(1), try await MeshBench.start(1))
        let (mesh, other) = (bench.meshes[0], leaving.meshes[0])
        try await bench.running {
            try await leaving.running {
                mesh.setMembers([other.me])
                _ = try other.join("g") { _ in }
                try await MeshBench.eventually { mesh.members(of: "g") == [other.me.id] }
            }
            try await MeshBench.eventually { mesh.members(of: "g").isEmpty }
        }
    }

    @Test("a member in more groups than one frame tells is seen in all of them, and in no more than the limit")
    func many() async throws {
        let bench = try await MeshBench.start(2) { $0.maximumGroups = 1200 }
        try await bench.running {
            for number in 0..<1200 { _ = try bench.meshes[0].join("group-\(number)") { _ in } }
            #expect(throws: MeshError.overloaded) { try bench.meshes[0].join("one-more") { _ in } }
            #expect(throws: MeshError.self) { try bench.meshes[0].join("a b") { _ in } }
            try await bench.connectAll()
            try await MeshBench.eventually { bench.meshes[1].groupNames.count == 1200 }
        }
    }
}
