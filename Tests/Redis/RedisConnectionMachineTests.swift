import NIOCore
import Testing

@testable import RoostRedis

@Suite("The connection machine")
struct RedisConnectionMachineTests {
    typealias Machine = RedisConnectionMachine<Int>
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func at(_ milliseconds: Int64) -> NIODeadline { start + .milliseconds(milliseconds) }

    /// A machine that is ready at the start.
    private func ready(_ change: (inout RedisConfiguration) -> Void = { _ in }) -> Machine {
        var configuration = RedisConfiguration()
        change(&configuration)
        var machine = Machine(configuration, now: start, seed: 1)
        #expect(machine.start(now: start).connect == 1)
        #expect(machine.opened(generation: 1, now: start)?.output.count == 1)
        _ = machine.received([.status("PONG")], generation: 1, now: start)
        #expect(machine.phase == .ready)
        return machine
    }

    private func enqueue(
        _ machine: inout Machine, _ waiter: Int, replies: Int = 1, deadline: Int64 = 900
    ) -> UInt64 {
        let admission = machine.enqueue(
            [UInt8(truncatingIfNeeded: waiter)], replies: replies, isPipeline: replies > 1, deadline: at(deadline),
            waiter: waiter)
        guard case .accepted(let id, _) = admission else { return 0 }
        return id
    }

    private func codes(_ directives: Machine.Directives) -> [Int: RedisError.Code] {
        var codes: [Int: RedisError.Code] = [:]
        for completion in directives.completions {
            if case .failure(let error) = completion.outcome { codes[completion.waiter] = error.code }
        }
        return codes
    }

    @Test("writes all that has gathered in one batch and drains once")
    func coalesces() {
        var machine = ready()
        guard case .accepted(_, true) = machine.enqueue([1], replies: 1, isPipeline: false, deadline: at(9), waiter: 1),
            case .accepted(_, false) = machine.enqueue([2], replies: 1, isPipeline: false, deadline: at(9), waiter: 2)
        else {
            Issue.record("one drain for both")
            return
        }
        #expect(machine.drain(now: start).output == [[1], [2]])
        #expect(machine.drain(now: start).output.isEmpty)
    }

    @Test("a command that was never written is unavailable, one that was written may have been applied")
    func deadlines() {
        var machine = ready()
        _ = enqueue(&machine, 1, deadline: 100)
        _ = enqueue(&machine, 2, deadline: 5000)
        _ = machine.drain(now: start)
        _ = machine.writabilityChanged(false, generation: 1)
        _ = enqueue(&machine, 3, deadline: 100)
        _ = enqueue(&machine, 4, deadline: 5000)
        #expect(machine.drain(now: start).output.isEmpty)
        let directives = machine.tick(now: at(100))
        #expect(directives.closes)
        #expect(
            codes(directives) == [
                1: .timedOut(maybeApplied: true), 2: .connectionLost(maybeApplied: true), 3: .unavailable,
            ])
        #expect(machine.pendingCommands == 1)
    }

    @Test("a cancelled command keeps its place among the replies")
    func cancels() {
        var machine = ready()
        let first = enqueue(&machine, 1)
        _ = enqueue(&machine, 2)
        _ = machine.drain(now: start)
        let unsent = enqueue(&machine, 3)
        #expect(codes(machine.cancel(id: first)) == [1: .cancelled(maybeApplied: true)])
        #expect(codes(machine.cancel(id: unsent)) == [3: .cancelled(maybeApplied: false)])
        #expect(machine.cancel(id: first).completions.isEmpty)
        #expect(machine.drain(now: start).output.isEmpty)
        let directives = machine.received([.integer(1), .integer(2)], generation: 1, now: start)
        #expect(directives.completions.map(\.waiter) == [2])
        #expect(machine.pendingCommands == 0)
        #expect(machine.pendingBytes == 0)
    }

    @Test("after READONLY the replies under way are awaited, then the connection is made anew")
    func retires() {
        var machine = ready()
        for waiter in 1...2 { _ = enqueue(&machine, waiter) }
        _ = machine.drain(now: start)
        let readOnly = RedisValue.error(RedisServerError(code: "READONLY", message: ""))
        #expect(!machine.received([readOnly], generation: 1, now: start).closes)
        _ = enqueue(&machine, 3)
        #expect(machine.drain(now: start).output.isEmpty)
        let directives = machine.received([readOnly], generation: 1, now: start)
        #expect(directives.closes)
        #expect(directives.completions.count == 1)
        #expect(machine.pendingCommands == 1)
    }

    @Test("what a former connection reports is ignored")
    func generations() {
        var machine = ready()
        _ = machine.closed(nil, generation: 1, now: start)
        let isWanted = machine.opened(generation: 1, now: start) != nil
        #expect(!isWanted)
        _ = machine.tick(now: at(60))
        #expect(machine.phase == .connecting)
        _ = machine.closed(nil, generation: 1, now: at(60))
        _ = machine.received([.integer(1)], generation: 1, now: at(60))
        #expect(machine.phase == .connecting)
    }

    @Test("refuses more than the limits")
    func limits() {
        var machine = ready {
            $0.maximumPendingCommands = 2
            $0.maximumPendingBytes = 3
        }
        #expect(enqueue(&machine, 1, replies: 3) == 0)
        #expect(enqueue(&machine, 1) > 0)
        guard
            case .refused(let error) = machine.enqueue(
                [1, 2, 3], replies: 1, isPipeline: false, deadline: at(9), waiter: 2)
        else {
            Issue.record("accepted")
            return
        }
        #expect(error.code == .unavailable)
        #expect(codes(machine.shutDown(now: start)) == [1: .shutDown])
        #expect(enqueue(&machine, 3) == 0)
    }

    @Test("never begins more than two connects within a second, and never stops trying")
    func reconnectRate() {
        for seed in 0..<50 as Range<UInt64> {
            var machine = Machine(RedisConfiguration(), now: start, seed: seed)
            var now = start
            var connects: [NIODeadline] = []
            var directives = machine.start(now: now)
            for _ in 0..<200 {
                if let generation = directives.connect {
                    connects.append(now)
                    directives = machine.closed(nil, generation: generation, now: now)
                }
                if let wakeAt = directives.wakeAt { now = wakeAt }
                directives = machine.tick(now: now)
            }
            #expect(connects.count > 50)
            for (earlier, later) in zip(connects, connects.dropFirst(2)) { #expect(later - earlier >= .seconds(1)) }
            for (earlier, later) in zip(connects, connects.dropFirst()) {
                #expect(later - earlier <= .milliseconds(1100))
            }
        }
    }
}
