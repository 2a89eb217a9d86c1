import RoostAPI
import RoostJobs
import Testing

@Suite("a request that can be read in two ways is refused, and its connection closed")
struct RequestShapeTests {
    let rig = APIRig()
    static let body = #"{"payload":{}}"#
    static let smuggled = "GET /version HTTP/1.1\r\nHost: a\r\n\r\n"

    /// A POST with these header fields, its body, and what an attacker hides behind it.
    static func post(_ fields: String, _ body: String = body) -> String {
        "POST /jobs HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(body)\(smuggled)"
    }

    static let chunked = "e\r\n\(body)\r\n0\r\n\r\n"

    @Test(
        "two ways to frame a body, or a wrong one, are refused",
        arguments: [
            ("Content-Length: 14\r\nTransfer-Encoding: chunked", 400),
            ("Transfer-Encoding: chunked\r\nContent-Length: 14", 400),
            ("Content-Length: 14\r\nContent-Length: 14", 400), ("Content-Length: 14\r\nContent-Length: 0", 400),
            ("Content-Length: 14, 14", 400), ("Content-Length: +14", 400), ("Content-Length: -1", 400),
            ("Content-Length: 0x0e", 400), ("Content-Length:", 400), ("Content-Length: 1 4", 400),
            ("Content-Length: 14.0", 400), ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", 400), ("Transfer-Encoding: identity", 501),
            ("Transfer-Encoding: gzip, chunked", 501), ("Transfer-Encoding: chunked, identity", 501),
            ("Transfer-Encoding: xchunked", 501), ("Transfer-Encoding: \u{0B}chunked", 400),
            ("Transfer-Encoding : chunked", 400), ("Content-Length : 14", 400), (" Content-Length: 14", 400),
            ("Transfer-Encoding:\r\n chunked", 400), ("X: a\r\n b", 400), ("X: a\r\n\tContent-Length: 14", 400),
            ("Expect: 200-ok\r\nContent-Length: 14", 417), ("X", 400), (": x", 400), ("X Y: z", 400),
            ("X: a\u{0}b", 400), ("X: a\u{7F}b", 400), ("X\u{0}: a", 400), ("\u{0}X: a", 400),
        ])
    func framing(fields: String, status: Int) async throws {
        try await refused(Self.post(fields), status)
    }

    @Test(
        "a line that ends in a bare line feed or carriage return is refused",
        arguments: [
            "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\n", "GET / HTTP/1.1\r\nX: a\rY: b\r\nHost: a\r\n\r\n",
            "\nGET / HTTP/1.1\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
        ])
    func lineEnds(text: String) async throws { try await refused(text + Self.smuggled, 400) }

    @Test(
        "a request has exactly one Host, and it is one",
        arguments: [
            "", "Host: a\r\nHost: a\r\n", "Host: a\r\nHOST: b\r\n", "Host:\r\n", "Host: a b\r\n", "Host: a,b\r\n",
            "Host: u@a\r\n", "Host: a/b\r\n",
        ])
    func hosts(fields: String) async throws {
        for path in ["/", "/health", "/readyz"] {
            try await refused("GET \(path) HTTP/1.1\r\n\(fields)\r\n\(Self.smuggled)", 400)
        }
    }

    @Test(
        "a request line that is none is refused",
        arguments: [
            ("GET  / HTTP/1.1", 400), ("GET /  HTTP/1.1", 400), (" GET / HTTP/1.1", 400), ("GET /", 400), ("GET", 400),
            ("G\u{0}T / HTTP/1.1", 400), ("GET / HTTP/1.1 ", 400), ("GET /a b HTTP/1.1", 400),
            ("GET /\u{E9} HTTP/1.1", 400),
            ("GET / http/1.1", 400), ("GET / HTTP/2.0", 505), ("GET / HTTP/1.2", 505), ("GET / HTTP/0.9", 505),
            ("PRI * HTTP/2.0", 505), ("GET /\t HTTP/1.1", 400), ("G(T / HTTP/1.1", 400), ("\u{16}\u{3}\u{1}", 400),
        ])
    func requestLines(line: String, status: Int) async throws {
        try await refused("\(line)\r\nHost: a\r\n\r\n\(Self.smuggled)", status)
    }

    @Test(
        "a chunk that is none breaks the request it belongs to",
        arguments: [
            "x\r\n", "\r\n", "1 \r\nA\r\n", "-1\r\n", "0x1\r\na\r\n", "1\nA\r\n", "1\r\nAB\r\n", "1\r\nA\r\r\n",
            "1;a\nb\r\nA\r\n",
            " 1\r\nA\r\n",
            "1\r\nA\r\n0\r\n X: y\r\n\r\n", "1\r\nA\r\n0\r\nX: y\n\r\n", "1;\u{0}\r\nA\r\n",
        ])
    func chunks(chunk: String) async throws {
        try await refused(Self.post("Transfer-Encoding: chunked", chunk), 400)
    }

    @Test("a chunked body with extensions and trailers is one body, and the request after it another")
    func goodChunks() async throws {
        let body = "8;a=b;c\r\n{\"payloa\r\n6;x=\"y\"\r\nd\":{}}\r\n0\r\nX-Sum: 1\r\n\r\n"
        let text = "POST /jobs HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n\(body)"
        let last = "GET /version HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        let reply = try await rig.conversation(text + last)
        #expect(reply.replies == 2)
        #expect(reply.hasPrefix("HTTP/1.1 202 ") && reply.contains("HTTP/1.1 200 "))
        #expect(try await rig.store.counts().total == 1)
    }

    /// Expects one refusal, told in JSON without details, then the end.
    private func refused(_ text: String, _ status: Int) async throws {
        let reply = try await rig.conversation(text)
        #expect(reply.replies == 1, "\(reply)")
        #expect(reply.hasPrefix("HTTP/1.1 \(status) "), "\(reply)")
        #expect(reply.lowercased().contains("connection: close"))
        #expect(reply.contains(#"{"error":""#))
        #expect(try await rig.store.counts().total == 0)
    }
}
