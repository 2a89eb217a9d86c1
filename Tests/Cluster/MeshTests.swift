import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import RoostCluster

@Suite("Mesh")
struct MeshTests {
    @Test("members that know of each other connect, once for each pair, and know each other's roles")
    func connecting() async throws {
        let bench = try await MeshBench.start(3)
        try await bench.running {
            try await bench.connectAll()
            for mesh in bench.meshes {
                #expect(mesh.peers.count == 2)
                #expect(mesh.peers.allSatisfy { $0.isConnected && $0.roles == [.worker] })
            }
        }
    }

    @Test("a call is answered by the service of that name, which knows who asked")
    func calling() async throws {
        let bench = try await MeshBench.start(2)
        try bench.meshes[1].services.register("echo") { message in
            Array("\(message.sender.name) ".utf8) + message.body
        }
        try await bench.running {
            try await bench.connectAll()
            let (asking, asked) = (bench.meshes[0], bench.meshes[1])
            let reply = try await asking.call(asked.me.name, "echo", Array("hello".utf8))
            #expect(String(decoding: reply, as: UTF8.self) == "\(asking.me.name) hello")
            #expect(try await asked.call(asked.me.name, "echo", []) == Array("\(asked.me.name) ".utf8))
            #expect(try await asking.ping(asked.me.name, timeout: .seconds(30)) >= .zero)
            try await MeshBench.eventually { asking.peers.first?.roundTrip != nil }
        }
    }

    @Test("casts and calls of one sender are handled in the order sent")
    func order() async throws {
        let bench = try await MeshBench.start(2)
        let seen = Mutex<[Int]>([])
        try bench.meshes[1].services.register("count") { message in
            let number = message.body.reduce(0) { $0 << 8 | Int($1) }
            return seen.withLock { seen in
                seen.append(number)
                return message.isCall ? Array("\(seen.count)".utf8) : nil
            }
        }
        try await bench.running {
            try await bench.connectAll()
            let target = bench.meshes[1].me.name
            // Fewer than a service that does not keep up may have waiting: the call after them must find room.
            for number in 0..<4000 {
                try await bench.meshes[0].send(target, "count", [UInt8(number >> 8), UInt8(number & 0xFF)])
            }
            let reply = try await bench.meshes[0].call(target, "count", [0xFF, 0xFF], timeout: .seconds(30))
            #expect(reply == Array("4001".utf8))
            #expect(seen.withLock { $0 } == Array(0..<4000) + [0xFFFF])
        }
    }

    @Test("64 callers at once each get their own replies")
    func concurrency() async throws {
        let bench = try await MeshBench.start(2)
        try bench.meshes[1].services.register("echo") { $0.body }
        try await bench.running {
            try await bench.connectAll()
            let (mesh, target) = (bench.meshes[0], bench.meshes[1].me.name)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<64 {
                    group.addTask { () async throws in
                        for round in 0..<50 {
                            let body = Array("\(caller):\(round)".utf8)
                            #expect(try await mesh.call(target, "echo", body, timeout: .seconds(30)) == body)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a body up to the limit passes, one beyond it is refused before it is sent, a reply beyond it at its source")
    func sizes() async throws {
        let bench = try await MeshBench.start(2) { $0.maximumPayload = 100_000 }
        try bench.meshes[1].services.register("echo") { $0.body }
        try bench.meshes[1].services.register("grow") { _ in Array(repeating: 1, count: 100_001) }
        try await bench.running {
            try await bench.connectAll()
            let (mesh, target) = (bench.meshes[0], bench.meshes[1].me.name)
            let largest = 100_000 - 9
            let body = [UInt8](repeating: 7, count: largest)
            #expect(try await mesh.call(target, "echo", body) == body)
            await #expect(throws: MeshError.tooLarge(limit: largest)) {
                try await mesh.call(target, "echo", body + [7])
            }
            await #expect(throws: MeshError.tooLarge(limit: 100_000)) { try await mesh.call(target, "grow") }
        }
    }

    @Test("each way a call can fail has its own error")
    func failures() async throws {
        let bench = try await MeshBench.start(2)
        let services = bench.meshes[1].services
        try services.register("refuse") { _ in throw MeshServiceFailure(code: 42, message: "no\u{1B}") }
        try services.register("break") { _ in throw Fixture.Missing() }
        try services.register("hang") { _ in
            // Ends when the mesh does.
            try await Task.sleep(for: .seconds(3600))
            return nil
        }
        try await bench.running {
            try await bench.connectAll()
            let (mesh, target) = (bench.meshes[0], bench.meshes[1].me)
            await #expect(throws: MeshError.remote(code: 42, message: "no?")) {
                try await mesh.call(target.name, "refuse")
            }
            await #expect(throws: MeshError.remote(code: 0, message: "Missing")) {
                try await mesh.call(target.name, "break")
            }
            await #expect(throws: MeshError.noService) { try await mesh.call(target.name, "nothing") }
            await #expect(throws: MeshError.timeout) {
                try await mesh.call(target.name, "hang", timeout: .milliseconds(20))
            }
            await #expect(throws: MeshError.nodeDown) {
                try await mesh.call(target.name, "hang", incarnation: target.incarnation + 1)
            }
            await #expect(throws: MeshError.notConnected) {
                try await mesh.call(Fixture.name("worker@127.0.0.1:1"), "hang")
            }
            await #expect(throws: MeshError.invalid("service name")) { try await mesh.call(target.name, "a b") }
            // Awaited below.
            let cancelled = Task { () async -> MeshError? in
                do throws(MeshError) {
                    _ = try await mesh.call(target.name, "hang", timeout: .seconds(3600))
                    return nil
                } catch {
                    return error
                }
            }
            cancelled.cancel()
            #expect(await cancelled.value == .cancelled)
        }
    }

    @Test("a call the caller has given up is not begun")
    func expired() async throws {
        let bench = try await MeshBench.start(2)
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let handled = Mutex<[String]>([])
        try bench.meshes[1].services.register("probe") { _ in nil }
        try bench.meshes[1].services.register("gate") { message in
            handled.withLock { $0.append(String(decoding: message.body, as: UTF8.self)) }
            if message.body == Array("first".utf8) { for await _ in gate { break } }
            return nil
        }
        try await bench.running {
            try await bench.connectAll()
            let (mesh, target) = (bench.meshes[0], bench.meshes[1].me.name)
            try mesh.cast(target, "gate", Array("first".utf8))
            await #expect(throws: MeshError.timeout) {
                try await mesh.call(target, "gate", Array("late".utf8), timeout: .milliseconds(30))
            }
            // This reply proves that the call has arrived; its patience counts from there, and is waited out.
            _ = try await mesh.call(target, "probe", timeout: .seconds(30))
            try await Task.sleep(for: .milliseconds(40))
            opener.yield()
            _ = try await mesh.call(target, "gate", Array("last".utf8), timeout: .seconds(30))
            #expect(handled.withLock { $0 } == ["first", "last"])
        }
    }

    @Test("a service whose mailbox is full refuses calls and drops casts, and the others go on")
    func overload() async throws {
        let services = MeshServices(maximumWaitingMessages: 3, maximumWaitingBytes: 1000)
        let bench = try await MeshBench.start(2, services: services)
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        try services.register("slow") { _ in
            for await _ in gate { break }
            return nil
        }
        try services.register("quick") { _ in nil }
        try await bench.running {
            try await bench.connectAll()
            let (mesh, target) = (bench.meshes[0], bench.meshes[1].me.name)
            for _ in 0..<20 { try mesh.cast(target, "slow") }
            await #expect(throws: MeshError.overloaded) {
                try await mesh.call(target, "slow", timeout: .seconds(30))
            }
            _ = try await mesh.call(target, "quick", timeout: .seconds(30))
            #expect(bench.meshes[1].counters.castsDropped >= 16)
            opener.finish()
        }
    }

    @Test(
        "when a peer's process ends, calls under way fail and it is reported; a new life on the same port is connected")
    func restart() async throws {
        let bench = try await MeshBench.start(1)
        let survivor = bench.meshes[0]
        let events = survivor.events()
        try await bench.running {
            let (hangs, begun) = AsyncStream.makeStream(of: Void.self)
            let early = try await MeshBench.start(1, services: MeshBench.hanging(begun))
            let old = early.meshes[0].me
            try await early.running {
                survivor.setMembers([old])
                _ = try await first(of: events) { $0 == .connected(old.id) }
                async let lost = MeshBench.failure { try await survivor.call(old.name, "hang", timeout: .seconds(60)) }
                for await _ in hangs { break }
                early.stop()
                #expect(await lost == .connectionLost(maybeDelivered: true))
            }
            _ = try await first(of: events) { $0 == .disconnected(old.id) }
            let second = try await MeshBench.start(1, port: old.meshPort, incarnation: 2)
            let reborn = second.meshes[0].me
            try await second.running {
                survivor.setMembers([reborn])
                _ = try await first(of: events) { $0 == .connected(reborn.id) }
                await #expect(throws: MeshError.nodeDown) {
                    try await survivor.call(old.name, "hang", incarnation: old.incarnation)
                }
            }
        }
    }

    @Test("a member that is not there yet is dialled until it is")
    func redial() async throws {
        let bench = try await MeshBench.start(1)
        let late = try await MeshBench.start(1)
        let events = bench.meshes[0].events()
        try await bench.running {
            // Bound but not accepting: the dial waits in the backlog until its handshake runs out of time.
            bench.meshes[0].setMembers([late.meshes[0].me])
            try await late.running {
                _ = try await first(of: events) { $0 == .connected(late.meshes[0].me.id) }
            }
        }
    }
}
