import NIOCore
import Testing

@testable import RoostRedis

@Suite("What a server refuses because it is not the one")
struct RedisRefusalTests {
    typealias Machine = RedisConnectionMachine<Int>
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private func at(_ milliseconds: Int64) -> NIODeadline { start + .milliseconds(milliseconds) }

    private func ready(_ topology: RedisTopology) -> Machine {
        var configuration = RedisConfiguration()
        configuration.topology = topology
        configuration.clusterKey = "{roost}"
        var machine = Machine(configuration, now: start, seed: 1)
        _ = machine.start(now: start)
        connect(&machine, start)
        return machine
    }

    private func connect(_ machine: inout Machine, _ now: NIODeadline) {
        let generation = machine.generation
        _ = machine.opened(generation: generation, now: now)
        let master = RedisValue.array([.string(Array("master".utf8)), .integer(0), .array([])])
        _ = machine.received([master, .status("PONG")], generation: generation, now: now)
        #expect(machine.phase == .ready)
    }

    private func send(_ machine: inout Machine, _ waiters: ClosedRange<Int>, replies: Int = 1, deadline: Int64 = 900) {
        for waiter in waiters {
            _ = machine.enqueue(
                [UInt8(waiter)], replies: replies, isPipeline: replies > 1, deadline: at(deadline), waiter: waiter)
        }
        _ = machine.drain(now: start)
    }

    private func moved(_ slot: Int = RedisSlot.of("{roost}")) -> RedisValue {
        .error(RedisServerError(code: "MOVED", message: "\(slot) h:7"))
    }

    @Test(
        "is sent once more, in its order and before what came later, to the next server",
        arguments: [RedisTopology.cluster, .sentinel(master: "m")])
    func again(topology: RedisTopology) {
        var machine = ready(topology)
        send(&machine, 1...4)
        let refusal =
            topology == .cluster
            ? moved() : RedisValue.error(RedisServerError(code: "READONLY", message: "You can't write"))
        let first = machine.received([.integer(1), refusal, refusal], generation: 1, now: start)
        #expect(first.completions.map(\.waiter) == [1])
        #expect(first.redirect == (topology == .cluster ? RedisEndpoint(host: "h", port: 7) : nil))
        _ = machine.enqueue([5], replies: 1, isPipeline: false, deadline: at(900), waiter: 5)
        let last = machine.received([refusal], generation: 1, now: start)
        #expect(last.closes && last.completions.isEmpty)
        #expect(machine.tick(now: at(60)).connect == machine.generation)
        connect(&machine, at(60))
        #expect(machine.drain(now: at(60)).output == [[2], [3], [4], [5]])
        let answers = machine.received((2...5).map { .integer($0) }, generation: machine.generation, now: at(61))
        #expect(answers.completions.map(\.waiter) == [2, 3, 4, 5])
        #expect(machine.pendingCommands == 0 && machine.pendingBytes == 0)
    }

    @Test("and can be cancelled or times out as never sent, while what was not refused stays unknown")
    func ends() {
        var machine = ready(.cluster)
        send(&machine, 1...4, deadline: 100)
        _ = machine.received([moved(), moved()], generation: 1, now: start)
        let cancelled = machine.cancel(id: 1)
        guard case .failure(let error)? = cancelled.completions.first?.outcome else {
            Issue.record("not cancelled")
            return
        }
        #expect(error.code == .cancelled(maybeApplied: false))
        var codes: [Int: RedisError.Code] = [:]
        for now in [at(100), at(200)] {
            for completion in machine.tick(now: now).completions {
                if case .failure(let error) = completion.outcome { codes[completion.waiter] = error.code }
            }
        }
        #expect(codes == [2: .unavailable, 3: .timedOut(maybeApplied: true), 4: .timedOut(maybeApplied: true)])
        #expect(machine.pendingCommands == 0 && machine.pendingBytes == 0)
    }

    @Test("is told to the caller when it is one of several sent together, when it is on its way, or another slot's")
    func told() {
        var machine = ready(.cluster)
        send(&machine, 1...1, replies: 2)
        send(&machine, 2...3)
        let ask = RedisValue.error(RedisServerError(code: "ASK", message: "\(RedisSlot.of("{roost}")) h:7"))
        let directives = machine.received([.integer(1), ask, ask, moved(0)], generation: 1, now: start)
        #expect(directives.completions.map(\.waiter) == [1, 2, 3])
        #expect(!directives.closes && directives.redirect == nil)
        #expect(machine.phase == .ready)
    }

    @Test("a replica is not greeted as a master; a server that may not be asked is")
    func roles() throws {
        var configuration = RedisConfiguration()
        configuration.topology = .sentinel(master: "m")
        for (reply, isMaster) in [
            (RedisValue.array([.string(Array("slave".utf8))]), false), (.array([]), false), (.status("OK"), false),
            (.array([.string(Array("master".utf8))]), true),
            (.error(RedisServerError(code: "NOPERM", message: "")), true),
        ] {
            var greeting = try RedisGreeting(configuration)
            switch greeting.received(reply) {
            case .failed: #expect(!isMaster)
            case .waiting: #expect(isMaster)
            case .passed: Issue.record("passed without PING")
            }
        }
    }
}
