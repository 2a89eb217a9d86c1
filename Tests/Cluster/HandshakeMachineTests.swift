import NIOCore
import Testing

@testable import RoostCluster

@Suite("Handshake machine")
struct HandshakeMachineTests {
    private func hello(_ name: String, cluster: String = "c", nonce: UInt8, versions: ClosedRange<UInt16> = 1...1)
        throws -> Hello
    {
        Hello(
            versions: versions, cluster: cluster, member: try Fixture.member(name).id, roles: [.api],
            maximumPayload: 1000, nonce: Array(repeating: nonce, count: 32))
    }

    private func machine(
        _ side: HandshakeMachine.Side, _ name: String, cluster: String = "c", nonce: UInt8,
        secrets: [String] = [Fixture.secret], expected: String? = nil, versions: ClosedRange<UInt16> = 1...1
    ) throws -> HandshakeMachine {
        HandshakeMachine(
            side: side, hello: try hello(name, cluster: cluster, nonce: nonce, versions: versions),
            cookies: try secrets.map { try Fixture.cookie($0) }, expected: try expected.map { try Fixture.name($0) })
    }

    /// Plays both sides; returns how it ended on each.
    private func play(
        _ initiator: HandshakeMachine, _ acceptor: HandshakeMachine
    ) throws -> (initiator: HandshakeMachine.Directive?, acceptor: HandshakeMachine.Directive?) {
        var (initiator, acceptor) = (initiator, acceptor)
        let opening = try Fixture.required(initiator.begin())
        _ = acceptor.begin()
        guard case .send(let answer) = acceptor.receive(opening) else { return (nil, acceptorEnd(acceptor, opening)) }
        let proof = initiator.receive(answer)
        guard case .send(let auth) = proof else { return (proof, nil) }
        let verdict = acceptor.receive(auth)
        guard case .verified = verdict else { return (nil, verdict) }
        return (initiator.receive(try Fixture.required(acceptor.accept())), verdict)
    }

    private func acceptorEnd(_ acceptor: HandshakeMachine, _ opening: Frame) -> HandshakeMachine.Directive {
        var fresh = acceptor
        return fresh.receive(opening)
    }

    private func reason(_ directive: HandshakeMachine.Directive?) -> HandshakeReject? {
        if case .reject(let reason, _) = directive { return reason }
        return nil
    }

    @Test("two sides with the same cookie learn each other's HELLO")
    func agreement() throws {
        let end = try play(
            machine(.initiator, "api@a:1", nonce: 1, expected: "worker@b:2"), machine(.acceptor, "worker@b:2", nonce: 2)
        )
        #expect(end.initiator == .established(try hello("worker@b:2", nonce: 2)))
        #expect(end.acceptor == .verified(try hello("api@a:1", nonce: 1)))
    }

    @Test("the acceptor refuses a wrong cookie and has proved nothing by then")
    func wrongCookie() throws {
        let end = try play(
            machine(.initiator, "api@a:1", nonce: 1, secrets: ["wrong wrong wrong wrong wrong wrong"]),
            machine(.acceptor, "worker@b:2", nonce: 2))
        #expect(end.acceptor == .reject(.cookie, answer: .rejection(.cookie)))
    }

    @Test("the initiator refuses an acceptor that does not know the cookie")
    func impostor() throws {
        var initiator = try machine(.initiator, "api@a:1", nonce: 1)
        _ = initiator.begin()
        _ = initiator.receive(Frame(.hello, payload: try hello("worker@b:2", nonce: 2).encode()))
        let forged = Frame(.auth, payload: ByteBuffer(repeating: 0, count: 32))
        #expect(reason(initiator.receive(forged)) == .cookie)
    }

    @Test("a proof recorded from one connection does not open another")
    func replay() throws {
        var initiator = try machine(.initiator, "api@a:1", nonce: 1)
        var acceptor = try machine(.acceptor, "worker@b:2", nonce: 2)
        let opening = try Fixture.required(initiator.begin())
        _ = acceptor.begin()
        guard case .send(let answer) = acceptor.receive(opening), case .send(let auth) = initiator.receive(answer)
        else {
            Issue.record("the handshake did not go on")
            return
        }
        #expect(acceptor.receive(auth) == .verified(try hello("api@a:1", nonce: 1)))
        var second = try machine(.acceptor, "worker@b:2", nonce: 3)
        _ = second.begin()
        _ = second.receive(opening)
        #expect(reason(second.receive(auth)) == .cookie)
    }

    @Test("the initiator's own proof sent back to it is refused")
    func reflection() throws {
        var initiator = try machine(.initiator, "api@a:1", nonce: 1)
        _ = initiator.begin()
        guard
            case .send(let auth) = initiator.receive(Frame(.hello, payload: try hello("worker@b:2", nonce: 2).encode()))
        else {
            Issue.record("no proof")
            return
        }
        #expect(reason(initiator.receive(auth)) == .cookie)
    }

    @Test("the initiator's own HELLO sent back to it is refused")
    func echo() throws {
        var initiator = try machine(.initiator, "api@a:1", nonce: 1)
        let opening = try Fixture.required(initiator.begin())
        #expect(reason(initiator.receive(opening)) == .itself)
    }

    @Test("a HELLO changed on the way makes the proof fail")
    func downgrade() throws {
        var initiator = try machine(.initiator, "api@a:1", nonce: 1)
        var acceptor = try machine(.acceptor, "worker@b:2", nonce: 2)
        var opening = try Fixture.required(initiator.begin())
        _ = acceptor.begin()
        opening.payload.setInteger(UInt64.max, at: opening.payload.readerIndex + 8)  // features
        guard case .send(let answer) = acceptor.receive(opening), case .send(let auth) = initiator.receive(answer)
        else {
            Issue.record("the handshake did not go on")
            return
        }
        #expect(reason(acceptor.receive(auth)) == .cookie)
    }

    @Test("while cookies are rotated, old and new nodes connect both ways")
    func rotation() throws {
        let (old, new) = (Fixture.secret, "new new new new new new new new new")
        for (left, right) in [
            ([old], [old, new]), ([old, new], [new, old]), ([new, old], [new]), ([old, new], [old]),
        ] {
            for (initiator, acceptor) in [(left, right), (right, left)] {
                let end = try play(
                    machine(.initiator, "api@a:1", nonce: 1, secrets: initiator),
                    machine(.acceptor, "worker@b:2", nonce: 2, secrets: acceptor))
                #expect(end.initiator == .established(try hello("worker@b:2", nonce: 2)))
            }
        }
        let end = try play(
            machine(.initiator, "api@a:1", nonce: 1, secrets: [old]),
            machine(.acceptor, "worker@b:2", nonce: 2, secrets: [new]))
        #expect(reason(end.acceptor) == .cookie)
    }

    @Test("another cluster, another version and another member than the one dialled are refused")
    func strangers() throws {
        var acceptor = try machine(.acceptor, "worker@b:2", nonce: 2)
        _ = acceptor.begin()
        let elsewhere = try hello("api@a:1", cluster: "other", nonce: 1)
        #expect(reason(acceptor.receive(Frame(.hello, payload: elsewhere.encode()))) == .cluster)

        acceptor = try machine(.acceptor, "worker@b:2", nonce: 2)
        _ = acceptor.begin()
        let newer = try hello("api@a:1", nonce: 1, versions: 2...9)
        #expect(reason(acceptor.receive(Frame(.hello, payload: newer.encode()))) == .version)

        let end = try play(
            machine(.initiator, "api@a:1", nonce: 1, expected: "worker@c:3"), machine(.acceptor, "worker@b:2", nonce: 2)
        )
        #expect(reason(end.initiator) == .unexpectedMember)
    }

    @Test("a frame out of turn, a bad HELLO and an ERROR each end it")
    func outOfTurn() throws {
        var acceptor = try machine(.acceptor, "worker@b:2", nonce: 2)
        _ = acceptor.begin()
        #expect(reason(acceptor.receive(Frame(.call))) == .notRoost)

        acceptor = try machine(.acceptor, "worker@b:2", nonce: 2)
        _ = acceptor.begin()
        #expect(reason(acceptor.receive(Frame(.hello, payload: ByteBuffer(string: "GET / HTTP/1.1\r\n")))) == .notRoost)

        acceptor = try machine(.acceptor, "worker@b:2", nonce: 2)
        _ = acceptor.begin()
        let whole = try hello("api@a:1", nonce: 1).encode()
        let cut = Frame(.hello, payload: try Fixture.required(whole.getSlice(at: 0, length: whole.readableBytes - 1)))
        #expect(reason(acceptor.receive(cut)) == .malformed)

        acceptor = try machine(.acceptor, "worker@b:2", nonce: 2)
        _ = acceptor.begin()
        _ = acceptor.receive(Frame(.hello, payload: whole))
        #expect(reason(acceptor.receive(Frame(.hello, payload: whole))) == .malformed)

        var initiator = try machine(.initiator, "api@a:1", nonce: 1)
        _ = initiator.begin()
        #expect(initiator.receive(.rejection(.busy)) == .reject(.busy, answer: nil))
        #expect(initiator.receive(Frame(.error)) == .reject(.refused, answer: nil))
    }

    @Test("a HELLO survives encoding, unknown roles and what a newer version adds")
    func hellos() throws {
        let plain = try hello("sysmon@[::1]:9", nonce: 5)
        var longer = plain.encode()
        longer.writeString("something new")
        #expect(try Hello(decoding: longer) == plain)
    }

    @Test("a short secret is no cookie, and a cookie does not show itself")
    func cookies() throws {
        #expect(MeshCookie("short") == nil)
        #expect("\(try Fixture.cookie())" == "<cookie>")
        let known = MeshCookie.wellKnown(cluster: "c")
        #expect(known.verify(known.sign([1]), of: [1]))
        #expect(!MeshCookie.wellKnown(cluster: "d").verify(known.sign([1]), of: [1]))
    }
}
