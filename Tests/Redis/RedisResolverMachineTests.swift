import NIOCore
import RoostTestKit
import Testing

@testable import RoostRedis

@Suite("The resolver machine")
struct RedisResolverMachineTests {
    typealias Machine = RedisResolverMachine<Int>
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private func at(_ milliseconds: Int64) -> NIODeadline { start + .milliseconds(milliseconds) }
    private func place(_ port: Int) -> RedisEndpoint { RedisEndpoint(host: "h", port: port) }

    private func sentinels(_ count: Int) -> Machine {
        var configuration = RedisConfiguration()
        configuration.topology = .sentinel(master: "m")
        configuration.seeds = (1...count).map { place($0) }
        return Machine(configuration)
    }

    private func cluster(_ count: Int) -> Machine {
        var configuration = RedisConfiguration()
        configuration.topology = .cluster
        configuration.seeds = (1...count).map { place($0) }
        configuration.clusterKey = "{roost}"
        return Machine(configuration)
    }

    private func master(_ port: Int, others: [Int] = []) -> Result<[RedisValue], RedisError> {
        func text(_ text: String) -> RedisValue { .string(Array(text.utf8)) }
        let rows = others.map { RedisValue.array([text("ip"), text("h"), text("port"), text("\($0)")]) }
        return .success([.array([text("h"), text("\(port)")]), .array(rows)])
    }

    private func owner(_ port: Int, nodes: [Int] = []) -> Result<[RedisValue], RedisError> {
        let rows = ([port] + nodes).map { RedisValue.array([.string(Array("h".utf8)), .integer(Int64($0))]) }
        return .success([.array([.array([.integer(0), .integer(16383)] + rows)])])
    }

    private let refused = Result<[RedisValue], RedisError>.failure(RedisError(.unavailable, "refused"))

    private func endpoints(_ directives: Machine.Directives) -> [Int: RedisEndpoint] {
        var found: [Int: RedisEndpoint] = [:]
        for case (let waiter, .success(let endpoint)) in directives.answers { found[waiter] = endpoint }
        return found
    }

    @Test("asks two at once, believes the first that knows, and hangs up on the other")
    func first() {
        var machine = sentinels(3)
        let asked = machine.resolve(7, now: start)
        #expect(asked.inquire.map(\.of) == [place(1), place(2)])
        // Who comes meanwhile waits for the same answer.
        #expect(machine.resolve(8, now: at(1)).inquire.isEmpty)
        let told = machine.reported(asked.inquire[1].id, master(100), now: at(2))
        #expect(endpoints(told) == [7: place(100), 8: place(100)])
        #expect(told.abandon == [asked.inquire[0].id])
        #expect(told.settled == place(100))
        #expect(machine.reported(asked.inquire[0].id, master(200), now: at(3)).answers.isEmpty)
    }

    @Test("asks the next when one refuses or does not know, and fails with the last reason")
    func refusals() {
        var machine = sentinels(3)
        let asked = machine.resolve(1, now: start).inquire
        let next = machine.reported(asked[0].id, refused, now: start)
        #expect(next.inquire.map(\.of) == [place(3)])
        #expect(machine.reported(asked[1].id, .success([.null]), now: start).answers.isEmpty)
        let end = machine.reported(next.inquire[0].id, .success([.null]), now: start)
        guard case .failure(let error)? = end.answers.first?.result else {
            Issue.record("no failure")
            return
        }
        #expect(error.code == .unavailable)
        #expect(error.message == "the master m is not known: the sentinel h:3 knows no master m")
        // And is ready to begin anew.
        #expect(machine.resolve(2, now: at(10)).inquire.count == 2)
    }

    @Test("asks one more each time those asked are slow, and gives up in half the time to connect")
    func slow() {
        var machine = sentinels(4)
        let asked = machine.resolve(1, now: start)
        #expect(asked.wakeAt == at(125))
        #expect(machine.tick(now: at(60)).wakeAt == at(125))
        #expect(machine.tick(now: at(125)).inquire.map(\.of) == [place(3)])
        #expect(machine.tick(now: at(250)).inquire.map(\.of) == [place(4)])
        #expect(machine.tick(now: at(375)).inquire.isEmpty)
        let end = machine.tick(now: at(500))
        #expect(end.answers.count == 1)
        #expect(endpoints(end).isEmpty)
        #expect(end.abandon.count == 4)
        #expect(machine.tick(now: at(600)).wakeAt == nil)
    }

    @Test("asks those that hung last")
    func hung() {
        var machine = sentinels(3)
        _ = machine.resolve(1, now: start)
        _ = machine.tick(now: at(500))
        #expect(machine.resolve(1, now: at(600)).inquire.map(\.of) == [place(3), place(1)])
    }

    @Test("asks another sentinel after an answer that did not hold")
    func turns() {
        var machine = sentinels(3)
        let asked = machine.resolve(1, now: start).inquire
        _ = machine.reported(asked[0].id, master(100), now: start)
        #expect(machine.resolve(1, now: at(50)).inquire.map(\.of) == [place(2), place(3)])
    }

    @Test("learns the others, forgets those that are no more, and never those it was given")
    func learns() {
        var machine = sentinels(1)
        let asked = machine.resolve(1, now: start).inquire
        _ = machine.reported(asked[0].id, master(100, others: [2, 3]), now: start)
        #expect(Set(machine.known) == [place(1), place(2), place(3)])
        let again = machine.resolve(1, now: start).inquire
        #expect(!again.map(\.of).contains(place(1)))
        _ = machine.reported(again[0].id, master(100, others: [4]), now: start)
        #expect(Set(machine.known) == [place(1), again[0].of, place(4)])
        let flood = machine.resolve(1, now: start).inquire
        _ = machine.reported(flood[0].id, master(100, others: Array(1000..<3000)), now: start)
        #expect(machine.known.count <= RedisReplies.mostServers)
        #expect(machine.known.contains(place(1)))
    }

    @Test("believes an announcement rather than a sentinel that has not heard of it, for a while")
    func announced() {
        var machine = sentinels(3)
        let asked = machine.resolve(1, now: start).inquire
        let change = machine.announced(from: place(100), to: place(200), now: start)
        #expect(change.replaced == place(100))
        #expect(change.settled == place(200))
        #expect(machine.isReplaced(place(100), now: at(9000)))
        #expect(!machine.isReplaced(place(200), now: at(10)))
        #expect(endpoints(machine.reported(asked[0].id, master(100), now: at(10))) == [1: place(200)])
        let later = machine.resolve(2, now: at(11_000)).inquire
        #expect(endpoints(machine.reported(later[0].id, master(100), now: at(11_000))) == [2: place(100)])
        // It became the master again.
        _ = machine.announced(from: place(200), to: place(100), now: at(12_000))
        #expect(!machine.isReplaced(place(100), now: at(12_000)))
    }

    @Test("follows a redirection for a second, and asks around when two nodes disagree")
    func redirected() {
        var machine = cluster(3)
        #expect(machine.redirected(to: place(50), now: start).settled == place(50))
        #expect(endpoints(machine.resolve(1, now: at(10))) == [1: place(50)])
        #expect(machine.redirected(to: place(50), now: at(20)).settled == place(50))
        #expect(machine.redirected(to: place(51), now: at(30)).settled == nil)
        let asked = machine.resolve(2, now: at(40)).inquire
        #expect(asked.count == 2)
        #expect(endpoints(machine.reported(asked[0].id, owner(52, nodes: [53]), now: at(50))) == [2: place(52)])
        #expect(Set(machine.known) == [place(1), place(2), place(3), place(52), place(53)])
        #expect(machine.redirected(to: place(54), now: at(60)).settled == place(54))
        #expect(machine.resolve(3, now: at(2000)).inquire.count == 2)
    }

    @Test("a slot without an owner is said")
    func unowned() {
        var machine = cluster(1)
        let asked = machine.resolve(1, now: start).inquire
        guard
            case .failure(let error)? = machine.reported(asked[0].id, .success([.array([])]), now: start).answers
                .first?.result
        else {
            Issue.record("no failure")
            return
        }
        #expect(error.message.contains("no node owns slot \(RedisSlot.of("{roost}"))"))
    }

    @Test("fails whom it cannot serve: nobody to ask, too many who ask, the end")
    func limits() {
        var machine = sentinels(1)
        for waiter in 0..<Machine.mostWaiters { #expect(machine.resolve(waiter, now: start).answers.isEmpty) }
        #expect(machine.resolve(-1, now: start).answers.count == 1)
        let end = machine.shutDown()
        #expect(end.answers.count == Machine.mostWaiters)
        #expect(end.abandon.count == 1)
        guard case .failure(let error)? = machine.resolve(1, now: start).answers.first?.result else {
            Issue.record("answered after the end")
            return
        }
        #expect(error.code == .shutDown)
        var configuration = RedisConfiguration()
        configuration.topology = .cluster
        var empty = Machine(configuration)
        #expect(empty.resolve(1, now: start).answers.count == 1)
    }

    @Test("whatever happens, everybody is answered once, and nothing is asked for ever")
    func walk() {
        for seed in 0..<300 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var machine = Bool.random(using: &random) ? sentinels(4) : cluster(4)
            var now = start
            var open: Set<Int> = []
            var waiting: Set<Int> = []
            var wakeAt = NIODeadline.distantFuture
            func take(_ directives: Machine.Directives) {
                for (waiter, _) in directives.answers {
                    let wasWaiting = waiting.remove(waiter) != nil
                    #expect(wasWaiting)
                }
                for id in directives.abandon {
                    let wasOpen = open.remove(id) != nil
                    #expect(wasOpen)
                }
                for (id, _) in directives.inquire { open.insert(id) }
                if let time = directives.wakeAt { wakeAt = time }
                #expect(open.count <= 64)
            }
            for step in 0..<200 {
                now = now + .milliseconds(Int64.random(in: 0...80, using: &random))
                if now >= wakeAt {
                    wakeAt = .distantFuture
                    take(machine.tick(now: now))
                }
                switch Int.random(in: 0..<8, using: &random) {
                case 0, 1:
                    waiting.insert(step)
                    take(machine.resolve(step, now: now))
                case 2: take(machine.redirected(to: place(Int.random(in: 1...9, using: &random)), now: now))
                case 3:
                    let (from, to) = (Int.random(in: 1...9, using: &random), Int.random(in: 1...9, using: &random))
                    take(machine.announced(from: place(from), to: place(to), now: now))
                default:
                    guard let id = open.randomElement(using: &random) else { continue }
                    open.remove(id)
                    let replies = [
                        refused, master(5, others: [6, 7]), owner(5, nodes: [6]), .success([]), .success([.null]),
                    ]
                    take(machine.reported(id, replies.randomElement(using: &random) ?? refused, now: now))
                }
            }
            // Time alone ends every wait.
            for _ in 0..<10 {
                now = now + .milliseconds(300)
                take(machine.tick(now: now))
            }
            #expect(waiting.isEmpty && open.isEmpty, "seed \(seed)")
        }
    }
}
