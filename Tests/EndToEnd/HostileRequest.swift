import Testing

/// A request that no client in its senses sends.
struct HostileRequest: Sendable, CustomTestStringConvertible {
    let name: String
    /// What is sent at once.
    let start: [UInt8]
    /// What is sent again and again, until the other side has had enough.
    var more: [UInt8] = []
    /// Refused for how long it takes, not for what it says.
    var isSlow = false
    /// HAProxy makes a good request of it, as a proxy may.
    var isMended = false

    var testDescription: String { name }

    init(_ name: String, _ start: String, more: String = "", isSlow: Bool = false, isMended: Bool = false) {
        self.init(name, Array(start.utf8), more: Array(more.utf8), isSlow: isSlow)
        self.isMended = isMended
    }

    init(_ name: String, _ start: [UInt8], more: [UInt8] = [], isSlow: Bool = false) {
        self.name = name
        self.start = start
        self.more = more
        self.isSlow = isSlow
    }

    /// Behind each, what an attacker wants to be taken for a request of its own.
    private static let smuggled = "GET /version HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func post(_ fields: String, _ body: String) -> String {
        "POST /jobs HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(body)"
    }

    /// A whole request whose body is no job.
    private static func body(_ name: String, _ bytes: [UInt8]) -> HostileRequest {
        let head = "POST /jobs HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: \(bytes.count)\r\n\r\n"
        return HostileRequest(name, Array(head.utf8) + bytes)
    }

    private static func body(_ name: String, _ text: String) -> HostileRequest { body(name, Array(text.utf8)) }

    static let shapes: [HostileRequest] = [
        .init(
            "Content-Length and Transfer-Encoding",
            post("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n") + smuggled),
        .init(
            "Transfer-Encoding and Content-Length",
            post("Transfer-Encoding: chunked\r\nContent-Length: 4", "0\r\n\r\n") + smuggled),
        .init("two lengths", post("Content-Length: 2\r\nContent-Length: 40", "{}") + smuggled),
        .init("a length with a sign", post("Content-Length: +2", "{}") + smuggled),
        .init("a length of 2^63", post("Content-Length: 9223372036854775808", "{}") + smuggled),
        .init("a length of 2^63 - 1", post("Content-Length: 9223372036854775807", "{}") + smuggled),
        .init("another coding", post("Transfer-Encoding: xchunked", "0\r\n\r\n") + smuggled),
        .init("a coding after chunked", post("Transfer-Encoding: chunked, identity", "0\r\n\r\n") + smuggled),
        .init("a coding behind a tab", post("Transfer-Encoding:\u{0B}chunked", "0\r\n\r\n") + smuggled),
        .init("a space before the colon", post("Transfer-Encoding : chunked", "0\r\n\r\n") + smuggled),
        .init("a chunk that is none", post("Transfer-Encoding: chunked", "zz\r\nA\r\n0\r\n\r\n") + smuggled),
        .init("a chunk with a sign", post("Transfer-Encoding: chunked", "-1\r\nA\r\n0\r\n\r\n") + smuggled),
        .init("a chunk size that is too long", post("Transfer-Encoding: chunked", "fffffffffffffffff\r\nA") + smuggled),
        .init("two Hosts", "GET /jobs HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + smuggled),
        .init("no Host", "GET /jobs HTTP/1.1\r\nConnection: close\r\n\r\n"),
        .init(
            "a folded field", "GET /jobs HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\nConnection: close\r\n\r\n", isMended: true
        ),
        .init("NUL in a field", "GET /jobs HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\nConnection: close\r\n\r\n"),
        .init("NUL in a name", "GET /jobs HTTP/1.1\r\nHost: a\r\nX\u{0}: b\r\n\r\n" + smuggled),
        .init("a bare carriage return", "GET /jobs HTTP/1.1\r\nX: a\rY: b\r\nHost: a\r\nConnection: close\r\n\r\n"),
        .init("another version", "GET /jobs HTTP/3.7\r\nHost: a\r\nConnection: close\r\n\r\n", isMended: true),
        .init("no HTTP", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\r\n\r\n"),
        .init(
            "a head of 100 KB",
            "GET /jobs HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 100_000) + "\r\n\r\n"),
        body("a depth bomb", #"{"payload":"# + String(repeating: #"{"a":"#, count: 100_000)),
        body("a bomb of arrays", #"{"payload":{"a":"# + String(repeating: "[", count: 500_000)),
        body("bad UTF-8", Array(#"{"payload":{"a":""#.utf8) + [0xC3, 0x28, 0xFF] + Array(#""}}"#.utf8)),
        body("a lone surrogate", #"{"payload":{"a":"\ud800"}}"#),
        body("NUL in a string", "{\"payload\":{\"a\":\"\u{0}\"}}"),
        body("an escaped NUL in a name", #"{"payload":{},"type":"a\u0000b"}"#),
        body("a byte order mark", "\u{FEFF}{\"payload\":{}}"),
        body("a key twice", #"{"payload":{"a":1,"a":2}}"#),
        body("a number too large", #"{"payload":{"a":1e400}}"#),
        body("a delay without end", #"{"payload":{},"delay":1e308}"#),
        body("a priority of 2^63", #"{"payload":{},"priority":9223372036854775808}"#),
    ]

    static let endless: [HostileRequest] = [
        .init(
            "chunks without end", post("Transfer-Encoding: chunked", ""),
            more: "8000\r\n" + String(repeating: " ", count: 0x8000) + "\r\n"),
        .init(
            "a head without end", "GET /jobs HTTP/1.1\r\nHost: a\r\n", more: String(repeating: "X: a\r\n", count: 1000)),
    ]

    static let slow: [HostileRequest] = [
        .init("half a head", "GET /jobs HTTP/1.1\r\nHos", isSlow: true),
        .init("half a body", post("Content-Length: 100", #"{"pay"#), isSlow: true),
        .init("half a chunk", post("Transfer-Encoding: chunked", "5\r\n{\"p"), isSlow: true),
    ]
}
