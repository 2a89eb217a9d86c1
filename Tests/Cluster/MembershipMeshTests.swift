import Testing

@testable import RoostCluster

@Suite("Membership machine and mesh")
struct MembershipMeshTests {
    private let me: Member
    private let worker: Member
    private let now = ContinuousClock.now
    private var machine: MembershipMachine

    init() throws {
        me = try Fixture.member("api@me:1")
        worker = try Fixture.member("worker@a:1")
        machine = MembershipMachine(me: me, report: MemberReport(), configuration: .init(), now: now)
    }

    private func view(
        _ live: [Member], at seconds: Int, deaths: [Member] = [], standing: RegistryView.Standing = .accepted
    ) -> RegistryView {
        RegistryView(
            standing: standing, epoch: 1, clock: Int64(seconds) * 1000,
            entries: ([me] + live).map {
                RegistryEntry(member: $0, report: MemberReport(), ttl: .seconds(15), expiresIn: .seconds(15))
            }, deaths: Dictionary(uniqueKeysWithValues: deaths.map { ($0.id, .zero) }))
    }

    private func state() -> MemberState? {
        machine.snapshot(now: now).members.first { $0.member.name == worker.name }?.state
    }

    @Test("the registry adds a member and does not remove it once it was met")
    mutating func held() {
        _ = machine.onView(view([worker], at: 0), now: now)
        #expect(machine.onVerdict(.reached(worker.id), now: now) == [.up(worker)])
        #expect(machine.onView(view([], at: 1), now: now + .seconds(1)).isEmpty)
        #expect(state() == .up)
        #expect(machine.onVerdict(.suspect(worker.id), now: now) == [.suspect(worker)])
        #expect(machine.onView(view([], at: 2), now: now + .seconds(2)).isEmpty)
        #expect(state() == .up)
        #expect(machine.candidates == [worker])
        #expect(machine.onVerdict(.down(worker.id, .silence), now: now) == [.down(worker, .silence)])
        #expect(state() == .lost(since: now))
        #expect(machine.candidates.isEmpty)
    }

    @Test("a life that is down stays down whatever the registry and others say, and its name may live again")
    mutating func sticky() throws {
        _ = machine.onView(view([worker], at: 0), now: now)
        _ = machine.onVerdict(.down(worker.id, .silence), now: now)
        #expect(machine.onView(view([worker], at: 1), now: now + .seconds(1)).isEmpty)
        #expect(machine.onNamed(by: me.id, [worker], now: now).isEmpty)
        #expect(machine.onVerdict(.alive(worker.id, indirectly: false), now: now).isEmpty)
        #expect(state()?.isUp == false)
        #expect(machine.candidates == [worker], "it beats, so somebody has to tell it")
        let reborn = try Fixture.member("worker@a:1", incarnation: 2)
        #expect(machine.onView(view([reborn], at: 2), now: now + .seconds(2)) == [.joined(reborn)])
        #expect(state() == .up)
    }

    @Test("an entry no dial reaches is not up, and is again when somebody is connected to it")
    mutating func unreached() {
        _ = machine.onView(view([worker], at: 0), now: now)
        #expect(machine.onVerdict(.unreached(worker.id), now: now) == [.unreachable(worker)])
        #expect(state() == .lost(since: now))
        #expect(machine.candidates == [worker])
        #expect(
            machine.onVerdict(.alive(worker.id, indirectly: true), now: now) == [.alive(worker, indirectly: true)])
        #expect(state() == .up)
        #expect(machine.snapshot(now: now).badLinks.map(\.member) == [worker])
    }

    @Test("who others name joins without the registry, and is lost when nobody has named it for long")
    mutating func named() {
        #expect(machine.onNamed(by: me.id, [worker], now: now) == [.joined(worker)])
        #expect(machine.candidates == [worker])
        _ = machine.onView(view([], at: 30), now: now + .seconds(30))
        #expect(state() == .up)
        #expect(machine.onView(view([], at: 120), now: now + .seconds(120)).contains(.lost(worker)))
    }

    @Test("a peer that was connected before it was known is up as soon as it says who it is")
    mutating func introduced() {
        #expect(machine.onVerdict(.reached(worker.id), now: now).isEmpty)
        #expect(machine.onNamed(by: worker.id, [worker], now: now) == [.joined(worker), .up(worker)])
    }

    @Test("a fence in the registry is a proved death")
    mutating func fence() {
        _ = machine.onView(view([worker], at: 0), now: now)
        #expect(machine.onView(view([], at: 1, deaths: [worker]), now: now + .seconds(1)) == [.down(worker, .refused)])
        #expect(machine.onView(view([], at: 2, deaths: [worker]), now: now + .seconds(2)).isEmpty)
    }

    @Test("coming back as another incarnation voids what silence seemed to say")
    mutating func rejoin() throws {
        let next = me.reborn()
        #expect(next.incarnation > me.incarnation && next.startedMicroseconds == me.startedMicroseconds)
        _ = machine.onView(view([worker], at: 0), now: now)
        _ = machine.onVerdict(.down(worker.id, .silence), now: now)
        #expect(machine.rejoin(as: next, now: now) == [.rejoined(next), .returned(worker)])
        #expect(machine.snapshot(now: now).me == next)
        #expect(machine.rejoin(as: me, now: now).isEmpty)
    }
}
