import Testing

@testable import RoostCluster

@Suite("Membership machine")
struct MembershipMachineTests {
    /// A machine with a clock that the test turns; registry and members agree on the time unless a test says not.
    private struct Bench {
        let me: Member
        let start = ContinuousClock.now
        var elapsed = Duration.zero
        var epoch: Int64 = 1
        var machine: MembershipMachine
        var now: ContinuousClock.Instant { start + elapsed }

        init() throws {
            me = try Fixture.member("api@me:1")
            machine = MembershipMachine(me: me, report: MemberReport(), configuration: .init(), now: start)
        }

        mutating func pass(_ duration: Duration) { elapsed += duration }

        /// The registry answers with these live members, and these that expired so long ago.
        mutating func view(
            _ live: [Member], expired: [(Member, Duration)] = [], left: [Member] = [],
            standing: RegistryView.Standing = .accepted, clockDrift: Duration = .zero, age: Duration = .zero
        ) -> [MembershipEvent] {
            let ttl = Duration.seconds(15)
            var entries = ([me] + live).map {
                RegistryEntry(member: $0, report: MemberReport(), ttl: ttl, expiresIn: ttl - age)
            }
            entries += expired.map {
                RegistryEntry(member: $0, report: MemberReport(), ttl: ttl, expiresIn: .zero - $1)
            }
            let clock = 1_000_000 + (elapsed + clockDrift).clampedMilliseconds
            let departures = Dictionary(uniqueKeysWithValues: left.map { ($0.id, Duration.seconds(1)) })
            return machine.onView(
                RegistryView(standing: standing, epoch: epoch, clock: clock, entries: entries, departures: departures),
                now: now)
        }

        func state(_ member: Member) -> MemberState? {
            machine.snapshot(now: now).members.first { $0.member.id == member.id }?.state
        }
        var registry: RegistryState { machine.snapshot(now: now).registry }
    }

    private let worker: Member
    private let other: Member

    init() throws {
        worker = try Fixture.member("worker@a:1")
        other = try Fixture.member("worker@b:1")
    }

    @Test("the first answer makes the registry healthy and its members join; I am always among them")
    func joining() throws {
        var bench = try Bench()
        #expect(!bench.registry.isHealthy)
        #expect(bench.machine.snapshot(now: bench.now).members.map(\.member) == [bench.me])
        #expect(bench.view([worker, other]) == [.joined(worker), .joined(other), .registryRecovered])
        #expect(bench.registry == .healthy)
        #expect(bench.machine.snapshot(now: bench.now).up.map(\.member) == [bench.me, worker, other])
        #expect(bench.view([worker, other]).isEmpty)
    }

    @Test("a member whose entry expires while the registry answers is lost, and returns with its next beat")
    func expiry() throws {
        var bench = try Bench()
        _ = bench.view([worker])
        bench.pass(.seconds(5))
        #expect(bench.view([], expired: [(worker, .seconds(1))]) == [.lost(worker)])
        #expect(bench.state(worker) == .lost(since: bench.now))
        bench.pass(.seconds(5))
        #expect(bench.view([], expired: [(worker, .seconds(6))]).isEmpty)
        #expect(bench.view([worker]) == [.returned(worker)])
    }

    @Test("a member that is no longer listed while the registry answers is lost")
    func missing() throws {
        var bench = try Bench()
        _ = bench.view([worker, other])
        #expect(bench.view([other]) == [.lost(worker)])
    }

    @Test("a member that says goodbye has left, once, and stays so")
    func leaving() throws {
        var bench = try Bench()
        _ = bench.view([worker, other])
        #expect(bench.view([other], left: [worker]) == [.left(worker)])
        #expect(bench.view([other], left: [worker]).isEmpty)
        #expect(bench.view([worker, other]).isEmpty, "an entry of an incarnation that left is an echo")
        guard case .left = bench.state(worker) else {
            Issue.record("not left")
            return
        }
    }

    @Test("a new incarnation of a name replaces the old one, and the old one's echo changes nothing")
    func incarnations() throws {
        var bench = try Bench()
        let reborn = try Fixture.member("worker@a:1", incarnation: 2)
        _ = bench.view([worker])
        #expect(bench.view([reborn]) == [.replaced(worker, by: reborn), .joined(reborn)])
        #expect(bench.view([worker]).isEmpty)
        #expect(bench.state(reborn) == .up)
        #expect(bench.view([], left: [worker]) == [.lost(reborn)], "the goodbye was the old one's")
    }

    @Test("while the registry is silent nobody is forgotten, however long")
    func silence() throws {
        var bench = try Bench()
        _ = bench.view([worker, other])
        let start = bench.now
        #expect(bench.machine.onRegistryError(now: bench.now) == [.registryDegraded])
        for _ in 0..<1000 {
            bench.pass(.seconds(5))
            #expect(bench.machine.onRegistryError(now: bench.now).isEmpty)
            #expect(bench.machine.onTick(now: bench.now).isEmpty)
        }
        #expect(bench.registry == .degraded(since: start))
        #expect(bench.state(worker) == .up)
        #expect(bench.state(other) == .up)
    }

    @Test("after an outage members have the time to register again before they are lost")
    func outage() throws {
        var bench = try Bench()
        _ = bench.view([worker, other])
        _ = bench.machine.onRegistryError(now: bench.now)
        bench.pass(.seconds(60))
        bench.epoch = 1
        #expect(bench.view([], expired: [(worker, .seconds(40))]).isEmpty)
        #expect(!bench.registry.isHealthy)
        bench.pass(.seconds(5))
        #expect(bench.view([worker]).isEmpty)
        #expect(bench.state(other) == .up)
        bench.pass(.seconds(15))
        #expect(bench.view([worker]) == [.lost(other), .registryRecovered])
    }

    @Test("the registry is healthy as soon as everybody is back")
    func earlyRecovery() throws {
        var bench = try Bench()
        _ = bench.view([worker, other])
        _ = bench.machine.onRegistryError(now: bench.now)
        bench.pass(.seconds(60))
        #expect(bench.view([worker, other]) == [.registryRecovered])
    }

    @Test("a registry that lost its memory degrades and forgets nobody while they come back")
    func flush() throws {
        var bench = try Bench()
        bench.epoch = 50
        _ = bench.view([worker, other])
        bench.pass(.seconds(5))
        bench.epoch = 1
        #expect(bench.view([]) == [.registryDegraded])
        #expect(bench.state(worker) == .up)
        bench.pass(.seconds(2))
        bench.epoch = 3
        #expect(bench.view([worker, other]) == [.registryRecovered])
    }

    @Test(
        "a registry whose clock jumped speaks against nobody until they had the time to beat", arguments: [-3600, 3600])
    func clockJump(seconds: Int) throws {
        var bench = try Bench()
        _ = bench.view([worker])
        bench.pass(.seconds(5))
        let drift = Duration.seconds(seconds)
        #expect(bench.view([], expired: [(worker, .seconds(3585))], clockDrift: drift) == [.registryDegraded])
        #expect(bench.state(worker) == .up)
        bench.pass(.seconds(5))
        #expect(bench.view([worker], clockDrift: drift) == [.registryRecovered])
    }

    @Test("members that left or were lost are dropped ten minutes later, but not while the registry is silent")
    func retention() throws {
        var bench = try Bench()
        _ = bench.view([worker, other])
        _ = bench.view([other], left: [worker])
        bench.pass(.seconds(598))
        _ = bench.machine.onTick(now: bench.now)
        #expect(bench.state(worker) != nil)
        _ = bench.machine.onRegistryError(now: bench.now)
        bench.pass(.seconds(10))
        _ = bench.machine.onTick(now: bench.now)
        #expect(bench.state(worker) != nil)
        _ = bench.view([other])
        #expect(bench.state(worker) == nil)
        #expect(bench.state(other) == .up)
    }

    @Test("somebody who expired before I came is shown as lost, without an event")
    func late() throws {
        var bench = try Bench()
        #expect(bench.view([], expired: [(worker, .seconds(30))]) == [.registryRecovered])
        #expect(bench.state(worker) == .lost(since: bench.now - .seconds(30)))
    }

    @Test("being superseded is told once")
    func superseded() throws {
        var bench = try Bench()
        _ = bench.view([])
        #expect(bench.view([], standing: .superseded) == [.superseded])
        #expect(bench.view([], standing: .superseded).isEmpty)
        #expect(bench.view([]).isEmpty)
        #expect(bench.view([], standing: .superseded) == [.superseded])
    }

    @Test("the heartbeat's age is the entry's age and grows until the next answer")
    func age() throws {
        var bench = try Bench()
        _ = bench.view([worker], age: .seconds(4))
        bench.pass(.seconds(3))
        let entry = bench.machine.snapshot(now: bench.now).members.first { $0.member == worker }
        #expect(entry?.heartbeatAge == .seconds(7))
    }
}
