import NIOCore
import Testing

@testable import RoostAPI

@Suite("what a connection makes of bytes")
struct ConnectionMachineTests {
    static let limits = {
        var configuration = APIConfiguration(member: "api@a:1")
        configuration.maximumHeaderBytes = 512
        configuration.maximumBodyBytes = 100
        configuration.maximumBulkBytes = 100
        return ConnectionLimits(configuration)
    }()

    static let conversations = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\nGET / HTTP/1.0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabcd\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n",
        "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 600), "\u{0}", "GET / HTTP/1.1\r\n\r\n\r\n",
    ]

    @Test(
        "however bytes are cut into pieces, the same ones go on and the same fault is found", arguments: conversations)
    func pieces(text: String) {
        let bytes = Array(text.utf8)
        let whole = Self.run([bytes])
        #expect(Self.run(bytes.map { [$0] }) == whole)
        for cut in bytes.indices { #expect(Self.run([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole) }
    }

    @Test("each byte changed to each of the telling ones is refused or passed, never held beyond the limit")
    func mutations() {
        for text in Self.conversations {
            let bytes = Array(text.utf8)
            for index in bytes.indices {
                for byte: UInt8 in [0, 9, 10, 13, 32, 44, 48, 57, 58, 59, 71, 102, 127, 255] {
                    var changed = bytes
                    changed[index] = byte
                    let outcome = Self.run([changed])
                    #expect(outcome.most <= 512)
                    #expect(outcome == Self.run([Array(changed[..<index]), Array(changed[index...])]))
                }
            }
        }
    }

    @Test("what a decoder would take for a change of protocols is masked")
    func upgrade() {
        let outcome = Self.run([Array(Self.conversations[8].utf8)])
        #expect(String(decoding: outcome.passed, as: UTF8.self).contains("\r\nXpgrade: x\r\n"))
    }

    @Test("a fault in a head waits until the requests before it are answered")
    func inTurn() {
        var machine = ConnectionMachine(limits: Self.limits, now: .uptimeNanoseconds(0))
        let now = NIODeadline.uptimeNanoseconds(1)
        let text = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n"
        let received = Array(text.utf8).withUnsafeBytes { machine.receive($0, now: now) }
        #expect(received.action == nil && machine.unanswered == 2)
        #expect(machine.answered(now: now) == nil)
        #expect(machine.answered(now: now) == .refuse(.host))
    }

    /// What became of a conversation.
    struct Outcome: Equatable {
        var passed: [UInt8] = []
        var faults: [ConnectionMachine.Action] = []
        /// The most that was held; not compared.
        var most = 0

        private var hasBrokenBody: Bool { faults.contains { if case .fail = $0 { true } else { false } } }

        static func == (one: Outcome, other: Outcome) -> Bool {
            // Of a body that breaks, more or less may have gone on before.
            (one.passed == other.passed || one.hasBrokenBody) && one.faults == other.faults
        }
    }

    /// Passes pieces to a machine as its handler does; every request is answered only at the end.
    static func run(_ pieces: [[UInt8]]) -> Outcome {
        var machine = ConnectionMachine(limits: limits, now: .uptimeNanoseconds(0))
        let now = NIODeadline.uptimeNanoseconds(1)
        var outcome = Outcome()
        var held: [UInt8] = []
        for piece in pieces {
            var bytes = held + piece
            let received = bytes.withUnsafeBytes { machine.receive($0, now: now) }
            for offset in received.masked { bytes[offset] = UInt8(ascii: "X") }
            outcome.passed += bytes.prefix(received.forward)
            held = received.holds ? Array(bytes.dropFirst(received.forward)) : []
            outcome.most = max(outcome.most, held.count)
            if let action = received.action, action != .sendContinue { outcome.faults.append(action) }
        }
        while machine.unanswered > 0 {
            if let action = machine.answered(now: now), action != .close { outcome.faults.append(action) }
        }
        return outcome
    }

    @Test("bytes of bodies count until their own request is answered, in the order of the requests")
    func bodyBytes() {
        var machine = ConnectionMachine(limits: Self.limits, now: .now())
        func receive(_ text: String) {
            _ = Array(text.utf8).withUnsafeBytes { machine.receive($0, now: .now()) }
        }
        let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
        receive(post + "abcdeGET / HTTP/1.1\r\nHost: a\r\n\r\n" + post + "ab")
        #expect(machine.bodyBytes == 7)
        _ = machine.answered(now: .now())
        #expect(machine.bodyBytes == 2)
        _ = machine.answered(now: .now())
        receive("cd")
        #expect(machine.bodyBytes == 4)
        #expect(machine.refuseBody() == .fail(.memory))
        _ = machine.answered(now: .now())
        #expect(machine.bodyBytes == 0 && machine.refuseBody() == nil)
    }
}
