internal import Crypto
internal import NIOCore

/// Proves both sides of a connection to each other. No clock, no I/O.
///
///     initiator                         acceptor
///     HELLO_i            ──▶
///                        ◀──            HELLO_a
///     AUTH_i             ──▶            verifies it; only then
///                        ◀──            AUTH_a
///
/// AUTH is the HMAC-SHA256, keyed with the cookie, of the sender's label and the hash of both HELLOs (and with TLS, of
/// both certificates): the label stops one side's proof from being reflected as the other's, the nonces stop a replay,
/// and that everything said is hashed stops a change on the way. The acceptor proves nothing to a stranger, so that a stranger cannot use it to test
/// guesses.
struct HandshakeMachine: Sendable {
    enum Side: String, Sendable {
        case initiator
        case acceptor
    }

    enum Directive: Equatable, Sendable {
        /// Send this and wait.
        case send(Frame)
        /// The peer has proved itself; say `accept` or `refuse`. Acceptor only.
        case verified(Hello)
        /// Both sides are proved. Initiator only.
        case established(Hello)
        /// Close. `answer` is what to send before, to a peer that can understand it.
        case reject(HandshakeReject, answer: Frame?)
    }

    private enum State: Sendable {
        case start
        case awaitingHello
        case awaitingAuth(peer: Hello, transcript: [UInt8])
        case verified(peer: Hello, transcript: [UInt8], cookie: MeshCookie)
        case done
    }

    let side: Side
    private let hello: Hello
    private let ownHello: ByteBuffer
    private let cookies: [MeshCookie]
    private let expected: MemberName?
    private var state = State.start
    /// What ties the proofs to the connection below, the same on both sides; set before the first frame is received.
    var binding: [UInt8] = []

    /// - Parameters:
    ///   - cookies: The first signs; one or two are accepted, for the time of a rotation.
    ///   - expected: Who must answer; nil: anybody of the cluster.
    init(side: Side, hello: Hello, cookies: [MeshCookie], expected: MemberName? = nil) {
        self.side = side
        self.hello = hello
        self.ownHello = hello.encode()
        self.cookies = Array(cookies.prefix(2))
        self.expected = expected
    }

    /// The first frame to send, if it is this side's turn.
    mutating func begin() -> Frame? {
        guard case .start = state else { return nil }
        state = .awaitingHello
        return side == .initiator ? Frame(.hello, payload: ownHello) : nil
    }

    mutating func receive(_ frame: Frame) -> Directive {
        if frame.type == FrameType.error.rawValue { return end(.refused(by: frame)) }
        switch (state, FrameType(rawValue: frame.type)) {
        case (.awaitingHello, .hello): return receiveHello(frame.payload)
        case (.awaitingHello, _): return end(.notRoost)
        case (.awaitingAuth(let peer, let transcript), .auth):
            return receiveAuth(Array(frame.payload.readableBytesView), peer, transcript)
        default: return refuse(.malformed)
        }
    }

    /// The acceptor's proof, after `verified`.
    mutating func accept() -> Frame? {
        guard case .verified(_, let transcript, let cookie) = state else { return nil }
        state = .done
        return Frame(.auth, payload: ByteBuffer(bytes: cookie.sign(Self.signed(transcript, by: .acceptor))))
    }

    /// Ends it and says why.
    mutating func refuse(_ reason: HandshakeReject) -> Directive {
        state = .done
        return .reject(reason, answer: .rejection(reason))
    }

    private mutating func end(_ reason: HandshakeReject) -> Directive {
        state = .done
        return .reject(reason, answer: nil)
    }

    private mutating func receiveHello(_ payload: ByteBuffer) -> Directive {
        let peer: Hello
        do {
            peer = try Hello(decoding: payload)
        } catch {
            return error == .notRoost ? end(.notRoost) : refuse(.malformed)
        }
        guard hello.versions.overlaps(peer.versions) else { return refuse(.version) }
        guard peer.cluster == hello.cluster else { return refuse(.cluster) }
        guard peer.member != hello.member, peer.nonce != hello.nonce else { return refuse(.itself) }
        if let expected, peer.member.name != expected { return refuse(.unexpectedMember) }
        let first = side == .initiator ? ownHello : payload
        let second = side == .initiator ? payload : ownHello
        let transcript = Self.transcript(first, second, binding)
        state = .awaitingAuth(peer: peer, transcript: transcript)
        if side == .acceptor { return .send(Frame(.hello, payload: ownHello)) }
        guard let cookie = cookies.first else { return refuse(.cookie) }
        return .send(Frame(.auth, payload: ByteBuffer(bytes: cookie.sign(Self.signed(transcript, by: .initiator)))))
    }

    private mutating func receiveAuth(_ code: [UInt8], _ peer: Hello, _ transcript: [UInt8]) -> Directive {
        let other: Side = side == .initiator ? .acceptor : .initiator
        let signed = Self.signed(transcript, by: other)
        // All cookies are tried, so that the time does not tell which one fits.
        var match: MeshCookie?
        for cookie in cookies where cookie.verify(code, of: signed) { match = cookie }
        guard let match else { return refuse(.cookie) }
        if side == .initiator {
            state = .done
            return .established(peer)
        }
        state = .verified(peer: peer, transcript: transcript, cookie: match)
        return .verified(peer)
    }

    /// The hash of both HELLOs, each after its length, so that no byte can move from one to the other.
    private static func transcript(_ first: ByteBuffer, _ second: ByteBuffer, _ binding: [UInt8]) -> [UInt8] {
        var all = ByteBuffer()
        for part in [first, second] {
            all.writeInteger(UInt32(clamping: part.readableBytes))
            all.writeBytes(part.readableBytesView)
        }
        all.writeBytes(binding)
        return Array(SHA256.hash(data: Array(all.readableBytesView)))
    }

    private static func signed(_ transcript: [UInt8], by side: Side) -> [UInt8] {
        Array("roost mesh 1 \(side.rawValue) ".utf8) + transcript
    }
}

extension HandshakeReject {
    /// What an ERROR frame before the end of the handshake says.
    static func refused(by frame: Frame) -> HandshakeReject {
        var payload = frame.payload
        return payload.readInteger(as: UInt16.self).flatMap(HandshakeReject.init(rawValue:)) ?? .refused
    }
}

extension Frame {
    static func rejection(_ reason: HandshakeReject) -> Frame {
        Frame(.error, payload: ByteBuffer(integer: reason.rawValue))
    }
}
