import FoundationEssentials
import Glibc
import RoostJobs
import RoostProcessKit
import RoostTestKit

/// The real `curl`, as the documents call it.
struct Curl: Sendable {
    struct Reply: Sendable {
        let status: Int
        let headers: String
        let body: String
        /// Seconds from the start of the request to the end of the reply.
        let seconds: Double

        var object: JSONObject? { try? JSONScanner.parseObject(Array(body.utf8), maximumDepth: 64) }

        func string(_ key: String) -> String? { object?[key]?.string }

        func int(_ key: String) -> Int? { object?[key]?.int }

        /// The ids of a list of jobs, in order.
        var ids: [String] {
            body.split(separator: "\"id\":\"").dropFirst().map { String($0.prefix(26)) }
        }
    }

    let base: String

    func get(_ path: String) throws -> Reply { try run(["-s", base + path]) }

    /// As `curl -d` does it: a form content type, whatever the body is.
    func post(_ path: String, _ body: String, _ more: [String] = []) throws -> Reply {
        try run(["-s", "-X", "POST", base + path, "-d", body] + more)
    }

    func run(_ arguments: [String]) throws -> Reply {
        let file = "/tmp/roost-curl-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let format = "\n%{http_code} %{time_total}"
        let curl = try ChildProcess.start(
            "curl", ["-D", "-", "-w", format, "--max-time", "30"] + arguments, output: file)
        guard curl.wait(milliseconds: 35_000) != nil else { throw Surprise("curl did not end") }
        let text = try String(contentsOfFile: file, encoding: .utf8)
        guard let last = text.utf8.lastIndex(of: 0x0A) else { throw Surprise("curl printed nothing") }
        let end = text[text.utf8.index(after: last)...].split(separator: " ")
        var head = ""
        var body = text[..<last]
        // curl writes each head it received: an interim one (100 Continue) comes first.
        while body.hasPrefix("HTTP/"), let gap = body.firstRange(of: "\r\n\r\n") {
            head = String(body[..<gap.lowerBound])
            body = body[gap.upperBound...]
        }
        return Reply(
            status: end.first.flatMap { Int($0) } ?? 0, headers: head.lowercased(), body: String(body),
            seconds: end.last.flatMap { Double($0) } ?? 0)
    }
}
