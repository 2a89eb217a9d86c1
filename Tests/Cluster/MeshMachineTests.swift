import Testing

@testable import RoostCluster

@Suite("Mesh machine")
struct MeshMachineTests {
    private let small: Member
    private let large: Member
    private let now = ContinuousClock.now

    init() throws {
        small = try Fixture.member("api@a:1")
        large = try Fixture.member("worker@b:1")
    }

    private func machine(_ me: Member) throws -> MeshMachine {
        MeshMachine(me: me.id, configuration: try Fixture.configuration())
    }

    @Test("wanted members are dialled once, and never oneself")
    func wanting() throws {
        var machine = try machine(small)
        #expect(machine.want([small, large]) == [.dial(large)])
        #expect(machine.want([small, large]).isEmpty)
    }

    @Test("dials are repeated for ever, with waits that double up to the limit")
    func redialling() throws {
        var machine = try machine(small)
        _ = machine.want([large])
        var waits: [Duration] = []
        for _ in 0..<40 {
            let directives = machine.dialFailed(large.name, luck: 1)
            guard case .retry(large.name, let after) = directives.first else {
                Issue.record("no retry")
                return
            }
            waits.append(after)
            #expect(machine.want([large]).isEmpty)
            #expect(machine.retryDue(large.name) == [.dial(large)])
        }
        #expect(waits.prefix(4) == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)])
        #expect(waits.last == .seconds(5))
    }

    @Test(
        "luck varies a wait between its half and its whole", arguments: [(-1.0, 50), (0.0, 50), (0.5, 75), (2.0, 100)])
    func jitter(luck: Double, milliseconds: Int) throws {
        var machine = try machine(small)
        _ = machine.want([large])
        #expect(machine.dialFailed(large.name, luck: luck) == [.retry(large.name, after: .milliseconds(milliseconds))])
    }

    @Test("who is no longer wanted is not dialled again")
    func forgetting() throws {
        var machine = try machine(small)
        _ = machine.want([large])
        _ = machine.want([])
        #expect(machine.dialFailed(large.name, luck: 0).isEmpty)
        #expect(machine.retryDue(large.name).isEmpty)
    }

    @Test("of two dials at once the smaller member's wins before either is of use")
    func simultaneousDials() throws {
        var (left, right) = (try machine(small), try machine(large))
        _ = left.want([large])
        _ = right.want([small])
        #expect(left.admit(large.id, connection: 1, initiatedByMe: false, now: now) == .reject(.duplicate))
        #expect(right.admit(small.id, connection: 1, initiatedByMe: false, now: now) == .accept(replacing: nil))
        #expect(left.admit(large.id, connection: 2, initiatedByMe: true, now: now) == .accept(replacing: nil))
        #expect(right.dialFailed(small.name, luck: 0).isEmpty, "it is connected the other way")
    }

    @Test("both sides keep the same one of two connections, in whatever order they see them")
    func duplicates() throws {
        for smallFirst in [true, false] {
            for me in [small, large] {
                var machine = try machine(me)
                let peer = me == small ? large : small
                let bySmall = me == small
                let first = machine.admit(peer.id, connection: 1, initiatedByMe: smallFirst == bySmall, now: now)
                #expect(first == .accept(replacing: nil))
                let second = machine.admit(peer.id, connection: 2, initiatedByMe: smallFirst != bySmall, now: now)
                #expect(second == (smallFirst ? .reject(.duplicate) : .accept(replacing: 1)))
            }
        }
    }

    @Test("a second connection by the same initiator replaces the first: it knows why it dialled again")
    func renewal() throws {
        var machine = try machine(small)
        _ = machine.admit(large.id, connection: 1, initiatedByMe: false, now: now)
        #expect(machine.admit(large.id, connection: 2, initiatedByMe: false, now: now) == .accept(replacing: 1))
        #expect(machine.closed(1, now: now, luck: 0).lost == nil)
        #expect(machine.closed(2, now: now, luck: 0).lost == large.id)
    }

    @Test("after my own dial failed I take what comes")
    func oneWay() throws {
        var machine = try machine(small)
        _ = machine.want([large])
        _ = machine.dialFailed(large.name, luck: 0)
        _ = machine.retryDue(large.name)
        #expect(machine.admit(large.id, connection: 1, initiatedByMe: false, now: now) == .accept(replacing: nil))
    }

    @Test("a newer incarnation replaces an older connection, an older one is refused")
    func incarnations() throws {
        var machine = try machine(small)
        let reborn = try Fixture.member("worker@b:1", incarnation: 2)
        _ = machine.want([large])
        _ = machine.admit(large.id, connection: 1, initiatedByMe: true, now: now)
        #expect(machine.want([reborn]) == [.dial(reborn)])
        #expect(machine.admit(reborn.id, connection: 2, initiatedByMe: true, now: now) == .accept(replacing: 1))
        #expect(machine.admit(large.id, connection: 3, initiatedByMe: false, now: now) == .reject(.stale))
        let twin = try Fixture.member("api@a:1", incarnation: 9)
        #expect(machine.admit(twin.id, connection: 4, initiatedByMe: false, now: now) == .reject(.stale))
    }

    @Test("a connection that lasted is redialled at once, one that broke at once is not")
    func breaking() throws {
        var machine = try machine(small)
        _ = machine.want([large])
        _ = machine.admit(large.id, connection: 1, initiatedByMe: true, now: now)
        let lasted = machine.closed(1, now: now + .seconds(60), luck: 1)
        #expect(lasted.lost == large.id)
        #expect(lasted.1 == [.retry(large.name, after: .zero)])
        _ = machine.retryDue(large.name)
        _ = machine.admit(large.id, connection: 2, initiatedByMe: true, now: now)
        #expect(machine.closed(2, now: now, luck: 1).1 == [.retry(large.name, after: .milliseconds(100))])
    }

    @Test("no more peers than configured")
    func limit() throws {
        var configuration = try Fixture.configuration()
        configuration.maximumPeers = 1
        var machine = MeshMachine(me: small.id, configuration: configuration)
        _ = machine.admit(large.id, connection: 1, initiatedByMe: false, now: now)
        let third = try Fixture.member("worker@c:1")
        #expect(machine.admit(third.id, connection: 2, initiatedByMe: false, now: now) == .reject(.busy))
    }
}
