import Testing

@testable import RoostCluster

@Suite("Services")
struct ServiceTests {
    struct Sum: Codable, Sendable, Equatable {
        var numbers: [Int]
    }

    struct Total: Codable, Sendable, Equatable {
        var total: Int
    }

    @Test("a typed service gets a value and gives a value, and knows who asked")
    func typed() async throws {
        let bench = try await MeshBench.start(2)
        let (asking, asked) = (bench.meshes[0], bench.meshes[1])
        let senders = Seen<MemberID>()
        try asked.services.register("sum") { (request: Sum, from: MemberID) -> Total in
            senders.note(from)
            return Total(total: request.numbers.reduce(0, +))
        }
        try await bench.running {
            try await bench.connectAll()
            let total = try await asking.call(
                asked.me.name, "sum", encoding: Sum(numbers: [1, 2, 3]), as: Total.self, timeout: .seconds(30))
            #expect(total == Total(total: 6))
            #expect(senders.all == [asking.me.id])
            let own = try await asked.call(asked.me.name, "sum", encoding: Sum(numbers: [4]), as: Total.self)
            #expect(own == Total(total: 4))
        }
    }

    @Test("a body that is not what the service takes is refused before the handler runs, and so is a reply")
    func undecodable() async throws {
        let bench = try await MeshBench.start(2)
        let (asking, target) = (bench.meshes[0], bench.meshes[1].me.name)
        try bench.meshes[1].services.register("sum") { (_: Sum, _: MemberID) -> Total in
            Issue.record("ran")
            return Total(total: 0)
        }
        try bench.meshes[1].services.register("bytes") { _ in [1, 2, 3] }
        try await bench.running {
            try await bench.connectAll()
            let deep = Array(String(repeating: "[", count: 100_000).utf8)
            for body in [[], Array("{}".utf8), Array("{\"numbers\":\"x\"}".utf8), [0xFF, 0x00], deep] {
                await #expect(throws: MeshError.undecodable) {
                    try await asking.call(target, "sum", body, timeout: .seconds(30))
                }
            }
            await #expect(throws: MeshError.undecodable) {
                try await asking.call(target, "bytes", encoding: 1, as: Total.self, timeout: .seconds(30))
            }
        }
    }

    @Test("a service takes messages only of the roles on its list, and counts the others")
    func accessList() async throws {
        let bench = try await MeshBench.start(2)
        let (asking, asked) = (bench.meshes[0], bench.meshes[1])
        let ran = Seen<String>()
        try asked.services.register("operators", roles: [.shell, .sysmon]) { _ in
            ran.note("operators")
            return nil
        }
        try asked.services.register("workers", roles: [.worker]) { _ in [1] }
        try await bench.running {
            try await bench.connectAll()
            let target = asked.me.name
            #expect(try await asking.call(target, "workers", timeout: .seconds(30)) == [1])
            await #expect(throws: MeshError.forbidden) {
                try await asking.call(target, "operators", timeout: .seconds(30))
            }
            try asking.cast(target, "operators")
            _ = try await asking.call(target, "workers", timeout: .seconds(30))
            #expect(ran.all.isEmpty)
            #expect(asked.counters.forbidden == 2)
            #expect(asked.counters.castsDropped == 1)
            await #expect(throws: MeshError.forbidden) { try await asked.call(target, "operators") }
            let client = MeshClient(configuration: try Fixture.configuration(), eventLoopGroup: Fixture.group)
            let shell = try await client.connect(host: "127.0.0.1", port: target.port)
            #expect(try await shell.call("operators", timeout: .seconds(30)) == [])
            await shell.close()
        }
    }

    @Test("cancelling the calling task cancels the handler, and the service goes on with the next")
    func cancellation() async throws {
        let bench = try await MeshBench.start(2)
        let (asking, asked) = (bench.meshes[0], bench.meshes[1])
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let (ended, end) = AsyncStream.makeStream(of: Bool.self)
        try asked.services.register("hang") { message in
            if message.body == [1] { return [1] }
            begin.yield()
            do {
                try await Task.sleep(for: .seconds(3600))
            } catch {
                end.yield(Task.isCancelled)
                throw error
            }
            return nil
        }
        try await bench.running {
            try await bench.connectAll()
            for mesh in [asking, asked] {
                // Awaited below.
                let call = Task {
                    await MeshBench.failure { try await mesh.call(asked.me.name, "hang", timeout: .seconds(3600)) }
                }
                for await _ in begun { break }
                call.cancel()
                #expect(await call.value == .cancelled)
                for await wasCancelled in ended {
                    #expect(wasCancelled)
                    break
                }
                #expect(try await mesh.call(asked.me.name, "hang", [1], timeout: .seconds(30)) == [1])
            }
            #expect(asked.counters.callsCancelled == 1)
        }
    }

    @Test("a call that runs out of time cancels its handler, and one that waits is never begun")
    func giveUp() async throws {
        let bench = try await MeshBench.start(2)
        let (asking, asked) = (bench.meshes[0], bench.meshes[1])
        let begun = Seen<[UInt8]>()
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        try asked.services.register("hang") { message in
            begun.note(message.body)
            if message.body == [9] { return [9] }
            try? await Task.sleep(for: .seconds(3600))
            end.yield()
            return nil
        }
        try await bench.running {
            try await bench.connectAll()
            let target = asked.me.name
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: MeshError.timeout) {
                        try await asking.call(target, "hang", [1], timeout: .seconds(8))
                    }
                }
                try await MeshBench.eventually { begun.count == 1 }
                group.addTask {
                    await #expect(throws: MeshError.timeout) {
                        try await asking.call(target, "hang", [2], timeout: .milliseconds(20))
                    }
                }
                try await group.waitForAll()
            }
            for await _ in ended { break }
            #expect(try await asking.call(target, "hang", [9], timeout: .seconds(30)) == [9])
            #expect(begun.all == [[1], [9]])
            // The second may have run out of time before it was sent.
            #expect((1...2).contains(asked.counters.callsCancelled))
        }
    }

    @Test("a service may handle several messages at once")
    func concurrency() async throws {
        let bench = try await MeshBench.start(2)
        let (asking, asked) = (bench.meshes[0], bench.meshes[1])
        let inside = Seen<Int>()
        let gate = Gate()
        try asked.services.register("wide", concurrency: 3) { _ in
            inside.note(1)
            try await gate.wait()
            return [1]
        }
        try await bench.running {
            try await bench.connectAll()
            await withTaskGroup(of: MeshError?.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        await MeshBench.failure { try await asking.call(asked.me.name, "wide", timeout: .seconds(60)) }
                    }
                }
                try? await MeshBench.eventually { inside.count == 3 }
                #expect(inside.count == 3)
                gate.open()
                for await failure in group { #expect(failure == nil) }
            }
            #expect(inside.count == 5)
        }
    }
}
