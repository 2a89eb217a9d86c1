import NIOCore
import RoostTestKit
import Testing

@testable import RoostRedis

/// Random histories against the machine, with a model of the server on the other side.
@Suite("In every random history of a connection")
struct RedisConnectionSimulationTests {
    private struct World {
        var machine: RedisConnectionMachine<Int>
        var random: SeededGenerator
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        /// What the server has read of the present connection: the numbers of commands.
        var server: [Int] = []
        var greeted = false
        /// Whether the server refuses everything from now on, for it is not the one.
        var refuses = false
        /// What the server carried out.
        var done: Set<Int> = []
        var generation = 0
        var asked: [Int: (id: UInt64, replies: Int)] = [:]
        var answered: Set<Int> = []
        var next = 1

        init(seed: UInt64) {
            var configuration = RedisConfiguration()
            configuration.maximumPendingCommands = 200
            // Half of the histories are of a cluster, whose nodes refuse what has moved.
            if seed % 2 == 0 { configuration.topology = .cluster }
            machine = RedisConnectionMachine(configuration, now: now, seed: seed)
            random = SeededGenerator(seed: seed)
        }

        mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

        mutating func perform(_ directives: RedisDirectives<Int>) {
            for completion in directives.completions { check(completion) }
            for bytes in directives.output where greeted {
                let number = bytes.reduce(0) { $0 << 8 | Int($1) }
                for _ in 0..<(asked[number]?.replies ?? 0) { server.append(number) }
            }
            if directives.closes {
                server = []
                greeted = false
            }
            if let connect = directives.connect { generation = connect }
            if directives.drains { perform(machine.drain(now: now)) }
        }

        mutating func check(_ completion: RedisCompletion<Int>) {
            let waiter = completion.waiter
            #expect(answered.insert(waiter).inserted, "waiter \(waiter) was answered twice")
            switch completion.outcome {
            case .reply(let value): #expect(value == .integer(Int64(waiter)))
            case .replies(let values):
                #expect(values.count == asked[waiter]?.replies ?? 0)
                #expect(values.allSatisfy { $0 == .integer(Int64(waiter)) || $0 == Self.moved })
            case .failure: break
            }
        }

        mutating func step() {
            switch Int.random(in: 0..<10, using: &random) {
            case 0...3:
                let replies = chance(20) ? Int.random(in: 2...5, using: &random) : 1
                let number = next
                next += 1
                let deadline = now + .milliseconds(.random(in: 1...900, using: &random))
                let bytes = (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
                let admission = machine.enqueue(
                    bytes, replies: replies, isPipeline: replies > 1, deadline: deadline, waiter: number)
                guard case .accepted(let id, let drains) = admission else { return }
                asked[number] = (id, replies)
                if drains { perform(machine.drain(now: now)) }
            case 4...6:
                guard greeted else { return connect() }
                let count = min(server.count, Int.random(in: 1...20, using: &random))
                var replies: [RedisValue] = []
                for number in server.prefix(count) { replies.append(answer(number)) }
                server.removeFirst(count)
                perform(machine.received(replies, generation: generation, now: now))
            case 7:
                now = now + .milliseconds(.random(in: 0...400, using: &random))
                perform(machine.tick(now: now))
            case 8:
                if let id = asked.filter({ !answered.contains($0.key) }).values.map(\.id).min(), chance(40) {
                    perform(machine.cancel(id: id))
                }
            default:
                if chance(10) { perform(machine.closed(nil, generation: generation, now: now)) }
                if chance(20) { perform(machine.writabilityChanged(chance(70), generation: generation)) }
            }
        }

        mutating func connect() {
            guard machine.phase == .connecting, let directives = machine.opened(generation: generation, now: now) else {
                return
            }
            perform(directives)
            guard chance(90) else {
                refuses = false
                let loading = RedisValue.error(RedisServerError(code: "LOADING", message: ""))
                return perform(machine.received([loading], generation: generation, now: now))
            }
            greeted = true
            refuses = false
            server = []
            let role =
                machine.configuration.topology == .server ? [] : [RedisValue.array([.string(Array("master".utf8))])]
            perform(machine.received(role + [.status("PONG")], generation: generation, now: now))
        }

        static let moved = RedisValue.error(RedisServerError(code: "MOVED", message: "0 h:1"))

        /// Carries a command out, or refuses it.
        mutating func answer(_ number: Int) -> RedisValue {
            if machine.configuration.topology == .cluster, chance(2) { refuses = true }
            if refuses { return Self.moved }
            let isFirst = done.insert(number).inserted
            #expect(isFirst || asked[number]?.replies ?? 0 > 1, "\(number) was carried out twice")
            return .integer(Int64(number))
        }
    }

    @Test("each waiter is answered exactly once, with its own reply or an error")
    func answersOnce() {
        let first = UInt64.random(in: .min ... .max)
        print("seed \(first)")
        for seed in 0..<200 as Range<UInt64> {
            var world = World(seed: first &+ seed)
            for _ in 0..<600 { world.step() }
            world.perform(world.machine.shutDown(now: world.now))
            #expect(world.answered == Set(world.asked.keys), "seed \(first &+ seed)")
            #expect(world.machine.pendingCommands == 0)
        }
    }

    @Test("everything is over by the deadline even when nothing ever connects, and the counts return to zero")
    func deadlines() {
        for seed in 0..<20 as Range<UInt64> {
            var world = World(seed: seed)
            for _ in 0..<300 { world.step() }
            for _ in 0..<100 {
                world.now = world.now + .milliseconds(50)
                world.perform(world.machine.tick(now: world.now))
            }
            #expect(world.answered == Set(world.asked.keys))
            #expect(world.machine.pendingCommands == 0)
            #expect(world.machine.pendingBytes == 0)
        }
    }
}
