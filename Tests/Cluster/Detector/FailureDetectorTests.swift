import Testing

@testable import RoostCluster

@Suite("Failure detector")
struct FailureDetectorTests {
    private let start = ContinuousClock.now
    private let ids: [MemberID]
    private let me: MemberID

    init() throws {
        me = try Fixture.member("api@me:1").id
        ids = try (1...5).map { try Fixture.member("worker@n:\($0)").id }
    }

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .milliseconds(Int(seconds * 1000)) }

    /// A detector connected to the first so many, all heard at zero.
    private func detector(_ count: Int) -> FailureDetector {
        var detector = FailureDetector(me: me)
        detector.start(now: start)
        _ = detector.want(Array(ids.prefix(count)), now: start)
        for id in ids.prefix(count) { _ = detector.connected(id, now: start) }
        return detector
    }

    /// Ticks twice a second while the others, but not these, are heard.
    private func pass(
        _ detector: inout FailureDetector, from: Double, to: Double, silent: Set<MemberID>
    ) -> [FailureDetector.Directive] {
        var all: [FailureDetector.Directive] = []
        var time = from
        while time < to {
            time += 0.5
            for peer in detector.peers.all where !silent.contains(peer.id) && peer.isConnected {
                detector.heard(peer.id, at: at(time))
            }
            all += detector.tick(now: at(time))
        }
        return all
    }

    private func verdicts(_ directives: [FailureDetector.Directive]) -> [FailureDetector.Verdict] {
        directives.compactMap { if case .report(let verdict) = $0 { verdict } else { nil } }
    }

    @Test("the first connection reaches a member, a later one finds it alive")
    func reaching() {
        var detector = FailureDetector(me: me)
        #expect(detector.want(ids, now: start).isEmpty)
        #expect(detector.connected(ids[0], now: start) == [.report(.reached(ids[0]))])
        #expect(detector.closed(ids[0], now: start) == [.report(.suspect(ids[0]))])
        #expect(detector.connected(ids[0], now: start) == [.report(.alive(ids[0], indirectly: false))])
    }

    @Test("a reset and a refused port are proof when another member saw them too, in whatever order")
    func twoWitnesses() {
        for ownFirst in [true, false] {
            var detector = detector(3)
            _ = detector.closed(ids[0], now: at(1))
            var found: [FailureDetector.Directive] = []
            if !ownFirst { found += detector.testimony(of: ids[1], about: ids[0], now: at(1)) }
            let own = detector.dialFailed(ids[0].name, isRefused: true, now: at(1))
            #expect(own.first == .testify(ids[0], to: [ids[1], ids[2]]))
            found += own.dropFirst()
            if ownFirst {
                #expect(found.isEmpty)
                found += detector.testimony(of: ids[1], about: ids[0], now: at(1))
            }
            #expect(found == [.report(.down(ids[0], .refused)), .cut(ids[0])])
            #expect(detector.refusal(of: ids[0]) == .fenced)
        }
    }

    @Test("one witness is not enough where there are more than two members, and old testimony does not count")
    func oneWitness() {
        var detector = detector(2)
        _ = detector.closed(ids[0], now: at(1))
        _ = detector.testimony(of: ids[1], about: ids[0], now: at(1))
        let late = detector.dialFailed(ids[0].name, isRefused: true, now: at(20))
        #expect(late == [.testify(ids[0], to: [ids[1]])])
        var pair = self.detector(1)
        _ = pair.closed(ids[0], now: at(1))
        #expect(verdicts(pair.dialFailed(ids[0].name, isRefused: true, now: at(1))) == [.down(ids[0], .refused)])
    }

    @Test("a refusal without a reset, a reset without a refusal, and testimony against who is connected prove nothing")
    func noProof() {
        var detector = detector(3)
        #expect(detector.dialFailed(ids[0].name, isRefused: true, now: at(1)).isEmpty)
        for witness in [ids[1], ids[2]] {
            #expect(detector.testimony(of: witness, about: ids[0], now: at(1)).isEmpty)
        }
        _ = detector.closed(ids[0], now: at(1))
        #expect(detector.dialFailed(ids[0].name, isRefused: false, now: at(1)).isEmpty)
        #expect(detector.testimony(of: ids[1], about: ids[0], now: at(1)).isEmpty)
        _ = detector.connected(ids[0], now: at(2))
        _ = detector.closed(ids[0], now: at(2))
        let again = detector.dialFailed(ids[0].name, isRefused: true, now: at(2))
        #expect(verdicts(again).isEmpty, "what was seen before it was back is forgotten")
    }

    @Test("silence is a suspicion after three seconds and the end, without proof, between six and twelve")
    func silence() throws {
        var detector = detector(3)
        let early = pass(&detector, from: 0, to: 3, silent: [ids[0]])
        #expect(verdicts(early).isEmpty)
        let suspected = pass(&detector, from: 3, to: 4, silent: [ids[0]])
        #expect(verdicts(suspected) == [.suspect(ids[0])])
        #expect(suspected.contains { if case .probe(ids[0], _, let via) = $0 { via.count == 2 } else { false } })
        #expect(verdicts(pass(&detector, from: 4, to: 6, silent: [ids[0]])).isEmpty)
        #expect(verdicts(pass(&detector, from: 6, to: 12, silent: [ids[0]])) == [.down(ids[0], .silence)])
    }

    @Test("a suspect that somebody reaches is alive by a bad link, for as long as somebody does")
    func indirect() throws {
        var detector = detector(3)
        var time = 4.0
        var found = verdicts(pass(&detector, from: 0, to: time, silent: [ids[0]]))
        #expect(found == [.suspect(ids[0])])
        found = []
        while time < 60 {
            let directives = pass(&detector, from: time, to: time + 0.5, silent: [ids[0]])
            time += 0.5
            found += verdicts(directives)
            if let number = detector.peers[ids[0]]?.probe?.number {
                found += verdicts(detector.acknowledged(ids[0], number: number, now: at(time)))
            }
        }
        #expect(found == [.alive(ids[0], indirectly: true)])
        #expect(verdicts(pass(&detector, from: 60, to: 61, silent: [])) == [.alive(ids[0], indirectly: false)])
    }

    @Test("an answer to another question, or to an old one, vouches for nobody")
    func wrongAnswers() throws {
        var detector = detector(3)
        _ = pass(&detector, from: 0, to: 4, silent: [ids[0]])
        let number = try #require(detector.peers[ids[0]]?.probe?.number)
        #expect(detector.acknowledged(ids[1], number: number, now: at(4)).isEmpty)
        #expect(detector.acknowledged(ids[0], number: number &+ 1, now: at(4)).isEmpty)
    }

    @Test("a probe is answered once its target is heard after the question, and only then")
    func probing() {
        var detector = detector(3)
        #expect(detector.probed(by: ids[1], ids[0], number: 9, now: at(1)) == [.ping(ids[0])])
        #expect(detector.tick(now: at(1.2)).isEmpty)
        detector.heard(ids[0], at: at(1.3))
        #expect(detector.tick(now: at(1.4)) == [.acknowledge(ids[0], number: 9, asker: ids[1])])
        #expect(detector.tick(now: at(1.5)).isEmpty)
        #expect(detector.probed(by: ids[1], ids[4], number: 1, now: at(2)).isEmpty, "not connected to it")
        for number in 0..<1000 { _ = detector.probed(by: ids[1], ids[0], number: UInt64(number), now: at(2)) }
        #expect(detector.requests.count == FailureDetector.maximumRequests)
    }

    @Test("a late tick accuses nobody, and makes more patient until enough went by on time")
    func lateTick() {
        var detector = detector(3)
        #expect(detector.tick(now: at(60)).isEmpty)
        #expect(detector.patience == .seconds(6))
        #expect(verdicts(pass(&detector, from: 60, to: 65.5, silent: Set(ids))).isEmpty)
        #expect(verdicts(pass(&detector, from: 65.5, to: 67, silent: Set(ids))).count == 3)
        var patient = self.detector(1)
        for round in 1...30 { _ = patient.tick(now: at(Double(round) * 10)) }
        #expect(patient.patience == .seconds(24))
        _ = pass(&patient, from: 300, to: 400, silent: [])
        #expect(patient.patience == .seconds(3))
    }

    @Test("who says goodbye has left; what its connection and port do then is nobody's death")
    func goodbye() {
        var detector = detector(2)
        #expect(detector.goodbye(ids[0], now: at(1)) == [.report(.left(ids[0]))])
        #expect(detector.closed(ids[0], now: at(1)).isEmpty)
        #expect(detector.dialFailed(ids[0].name, isRefused: true, now: at(1)).isEmpty)
        #expect(detector.testimony(of: ids[1], about: ids[0], now: at(1)).isEmpty)
        #expect(detector.refusal(of: ids[0]) == .stale)
        _ = detector.want([ids[0]], now: at(2))
        #expect(detector.standing(of: ids[0]) == nil)
    }

    @Test("another life of a name ends the earlier one")
    func replacement() throws {
        var detector = detector(2)
        let reborn = MemberID(name: ids[0].name, incarnation: 2)
        _ = detector.closed(ids[0], now: at(1))
        let found = verdicts(detector.connected(reborn, now: at(1)))
        #expect(found == [.down(ids[0], .replaced), .reached(reborn)])
        #expect(detector.refusal(of: ids[0]) == .stale)
        #expect(detector.want([ids[0]], now: at(2)).isEmpty)
        #expect(detector.standing(of: reborn) == .up)
    }

    @Test("the registry forgets nobody who was met")
    func unwanted() {
        var detector = detector(2)
        _ = detector.want(ids, now: start)
        #expect(detector.standing(of: ids[4]) == .unreached)
        _ = detector.want([], now: start)
        #expect(detector.standing(of: ids[4]) == nil)
        #expect(detector.standing(of: ids[0]) == .up)
    }

    @Test("a member never reached is no suspect and never down, and known when others are connected to it")
    func unreached() {
        var detector = detector(2)
        _ = detector.want(ids, now: start)
        #expect(detector.dialFailed(ids[3].name, isRefused: false, now: at(1)) == [.report(.unreached(ids[3]))])
        #expect(detector.dialFailed(ids[3].name, isRefused: true, now: at(2)).isEmpty)
        #expect(detector.named([ids[3]], now: at(2)) == [.report(.alive(ids[3], indirectly: true))])
        let found = verdicts(pass(&detector, from: 2, to: 60, silent: [ids[3]]))
        #expect(found == [.suspect(ids[3]), .unreached(ids[3])])
    }

    @Test("of two sides of a split the smaller one dials, and forgets whom it gave up when it comes back")
    func split() {
        var small = detector(5)
        _ = pass(&small, from: 0, to: 12, silent: Set(ids.prefix(3)))
        #expect(small.dialable(ids, now: at(12)) == Set(ids.suffix(2)), "two and this one are not fewer than three")
        var lone = detector(5)
        _ = pass(&lone, from: 0, to: 12, silent: Set(ids.prefix(4)))
        #expect(lone.dialable(ids, now: at(12)) == Set(ids))
        #expect(small.dialable(ids, now: at(80)) == Set(ids), "in the end the larger side does, too")
        lone.rejoin(as: MemberID(name: me.name, incarnation: 2), now: at(13))
        #expect(ids.allSatisfy { lone.refusal(of: $0) == nil })
    }

    @Test("tombstones are bounded and end")
    func tombstones() throws {
        var stones = Tombstones(lifetime: .seconds(10), maximum: 100)
        for port in 1...1000 {
            stones.add(try Fixture.member("worker@n:\(port)").id, .down(.silence), now: at(Double(port) / 1000))
        }
        #expect(stones.count <= 100)
        #expect(stones[try Fixture.member("worker@n:1000").id] != nil)
        stones.purge(now: at(60))
        #expect(stones.count == 0)
    }
}
