import Glibc
import NIOCore
import RoostTestKit
import Synchronization
import Testing

@testable import RoostCluster

/// Order, bounds and fairness of messages over real connections.
@Suite("Flow")
struct FlowTests {
    /// A number from the environment: the full measure is for long runs.
    static func measure(_ name: String, _ usual: Int) -> Int {
        getenv(name).flatMap { Int(String(cString: $0)) }.map { max(1, $0) } ?? usual
    }

    @Test("casts of eight senders to two services arrive all, each sender's in its order", .timeLimit(.minutes(10)))
    func order() async throws {
        let total = Self.measure("ROOST_TEST_CASTS", 100_000)
        let bench = try await MeshBench.start(3)
        let target = bench.meshes[2]
        let state = Mutex<(last: [UInt8: UInt32], count: Int, disorder: Int)>(([:], 0, 0))
        for service in ["a", "b"] {
            try target.services.register(service) { message in
                let sender = message.body[0]
                let number = message.body.dropFirst().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                state.withLock { state in
                    if let last = state.last[sender], last + 1 != number { state.disorder += 1 }
                    state.last[sender] = number
                    state.count += 1
                }
                return nil
            }
        }
        try await bench.running {
            try await bench.connectAll()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sender in 0..<8 {
                    let mesh = bench.meshes[sender % 2]
                    group.addTask {
                        for number in 0..<UInt32(total / 8) {
                            let body = [UInt8(sender)] + withUnsafeBytes(of: number.bigEndian) { Array($0) }
                            try await mesh.send(target.me.name, sender < 4 ? "a" : "b", body)
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await MeshBench.eventually { state.withLock { $0.count } == total / 8 * 8 }
            #expect(state.withLock { $0.disorder } == 0)
            #expect(target.counters.castsDropped == 0 && target.counters.creditExceeded == 0)
            let disorder = state.withLock { $0.disorder }
            FigureSheet.add(
                "\(total / 8 * 8) casts of eight senders to two services: out of order", "\(disorder)", goal: "0",
                isMet: disorder == 0, values: ["casts": .count(total / 8 * 8), "disorder": .count(disorder)])
        }
    }

    @Test("a stalled service costs a bounded outbox, and neither pings nor other services wait for it")
    func stalled() async throws {
        let bench = try await MeshBench.start(2)
        let (sender, receiver) = (bench.meshes[0], bench.meshes[1])
        let (gate, handled) = (Gate(), Seen<Int>())
        try receiver.services.register("stuck") { message in
            try await gate.wait()
            handled.note(message.body.count)
            return nil
        }
        try receiver.services.register("quick") { $0.body }
        try await bench.running {
            try await bench.connectAll()
            let target = receiver.me.name
            let body = [UInt8](repeating: 1, count: 16 * 1024)
            var queued = 0
            let link = try MeshBench.link(sender, receiver)
            func fill() -> MeshError? {
                do throws(MeshError) {
                    while true {
                        try sender.cast(target, "stuck", body)
                        queued += 1
                    }
                } catch {
                    return error
                }
            }
            // Until all that the receiver takes has gone out.
            try await MeshBench.eventually {
                #expect(fill() == .overloaded)
                return link.state.withLock { state in
                    state.outbound.number(of: .service("stuck")).map { state.outbound.lines[$0].isBlocked } ?? false
                }
            }
            #expect(fill() == .overloaded)
            #expect(link.state.withLock { $0.outbound.data.bytes } <= 8 * 1024 * 1024)
            // The window and one more at the receiver, half of the outbox here.
            #expect(queued * body.count <= (4 * 1024 + 512) * 1024)

            let waiting = Task {
                await MeshBench.failure {
                    try await sender.send(target, "stuck", body); return []
                }
            }
            let cancelled = Task {
                await MeshBench.failure {
                    try await sender.send(target, "stuck", body); return []
                }
            }
            try await MeshBench.eventually { link.state.withLock { $0.outbound.waiting.count } == 2 }
            cancelled.cancel()
            #expect(await cancelled.value == .cancelled)
            for _ in 0..<50 {
                _ = try await sender.ping(target, timeout: .seconds(30))
                #expect(try await sender.call(target, "quick", body, timeout: .seconds(30)) == body)
            }
            #expect(handled.count == 0)
            gate.open()
            #expect(await waiting.value == nil)
            try await MeshBench.eventually { handled.count == queued + 1 }
            #expect(receiver.counters.castsDropped == 0)
        }
    }

    @Test("a peer that does not read at all costs a bounded outbox, and senders are told")
    func deaf() async throws {
        let bench = try await MeshBench.start(2) { $0.maximumOutboundBytes = 256 * 1024 }
        let (sender, receiver) = (bench.meshes[0], bench.meshes[1])
        try receiver.services.register("sink") { _ in nil }
        try await bench.running {
            try await bench.connectAll()
            try await MeshBench.link(receiver, sender).channel.setOption(.autoRead, value: false).get()
            let link = try MeshBench.link(sender, receiver)
            let body = [UInt8](repeating: 1, count: 32 * 1024)
            var refusals = 0
            for _ in 0..<1000 {
                let outcome = sender.broadcast("sink", body)
                if outcome.unreached == [receiver.me.id: .overloaded] { refusals += 1 }
            }
            #expect(refusals > 900)
            #expect(sender.counters.broadcastsDropped == refusals)
            #expect(link.state.withLock { $0.outbound.data.bytes } <= 256 * 1024)
        }
    }

    @Test("large bodies both ways arrive whole, and PINGs and small calls pass between their parts")
    func large() async throws {
        let bench = try await MeshBench.start(2) {
            $0.maximumPayload = 16 * 1024 * 1024
            $0.maximumOutboundBytes = 32 * 1024 * 1024
        }
        for mesh in bench.meshes { try mesh.services.register("echo", concurrency: 4) { $0.body } }
        try await bench.running {
            try await bench.connectAll()
            let (mesh, target) = (bench.meshes[0], bench.meshes[1].me.name)
            let size = 4 * 1024 * 1024 + 3
            let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 13) }
            let done = Seen<Bool>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { () async throws in
                    defer { done.note(true) }
                    #expect(try await mesh.call(target, "echo", body, timeout: .seconds(60)) == body)
                }
                group.addTask { () async throws in
                    #expect(try await bench.meshes[1].call(mesh.me.name, "echo", body, timeout: .seconds(60)) == body)
                }
                while done.count == 0 {
                    _ = try await mesh.ping(target, timeout: .seconds(30))
                    #expect(try await mesh.call(target, "echo", [1], timeout: .seconds(30)) == [1])
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("with a peer of the version before, only what it knows is used")
    func older() async throws {
        let new = try await MeshBench.start(1)
        let old = try await MeshBench.start(1) { $0.features = [] }
        for mesh in new.meshes + old.meshes {
            try mesh.services.register("echo") { $0.body }
            try mesh.services.registerTask("task") { arguments, _ in arguments }
        }
        try await MeshBench.running(new, old) {
            let body = (0..<500_000).map { UInt8(truncatingIfNeeded: $0) }
            for (from, to) in [(new.meshes[0], old.meshes[0]), (old.meshes[0], new.meshes[0])] {
                #expect(try await from.call(to.me.name, "echo", body, timeout: .seconds(30)) == body)
                for _ in 0..<2000 { try await from.send(to.me.name, "echo", [1]) }
                await #expect(throws: MeshError.unsupported) { try await from.spawn(to.me.name, "task") }
                _ = try from.join("g") { _ in }
                #expect(from.publish("g").reached == [from.me.id])
                await #expect(throws: MeshError.noService) {
                    try await from.call(to.me.name, "nothing", timeout: .seconds(30))
                }
            }
            #expect(new.meshes[0].members(of: "g") == [new.meshes[0].me.id])
        }
    }
}
