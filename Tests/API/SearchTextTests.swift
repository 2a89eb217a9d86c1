import RoostJobs
import Testing

@testable import RoostAPI

@Suite("The text of a search")
struct SearchTextTests {
    private func query(_ text: String) -> JobQuery {
        var filter = JobFilter(limit: 20)
        filter.add(text, path: "q")
        #expect(filter.issues == [], "\(text)")
        return filter.query
    }

    private func issues(_ text: String) -> [String] {
        var filter = JobFilter(limit: 20)
        filter.add(text, path: "q")
        return filter.issues.map { "\($0.path) \($0.message)" }
    }

    @Test("every qualifier has its place, and any other is a searchable field")
    func qualifiers() {
        let all = query(
            #"type:email queue:mail state:failed tag:vip node:worker@h:4370 error:timeout "since:2026-11-20" user_id:42"#
        )
        var wanted = JobQuery(
            state: .failed, type: "email", queue: "mail", tag: "vip", worker: "worker@h:4370", error: "timeout",
            terms: ["user_id": "42"])
        wanted.since = Timestamp(rfc3339: "2026-11-20T00:00:00Z")
        #expect(all == wanted)
        #expect(query("status:done").state == .done)
        #expect(query("worker:w").worker == "w")
        #expect(query("until:2026-11-20T12:00:00.5Z").until == Timestamp(rfc3339: "2026-11-20T12:00:00.5Z"))
        #expect(query("tenant:acme").tenant == "acme")
        #expect(query("payload.type:x order.id:7").terms == ["type": "x", "order.id": "7"])
        #expect(query("") == JobQuery() && query("   ") == JobQuery())
    }

    @Test("quotes hold spaces, colons, quotes and backslashes, around a value or the whole")
    func quotes() {
        #expect(query(#"error:"timed out: 5""#).error == "timed out: 5")
        #expect(query(#""error:timed out""#).error == "timed out")
        #expect(query(#"error:"say \"hi\" \\""#).error == #"say "hi" \"#)
        #expect(query(#"error:a\b"#).error == #"a\b"#)
        #expect(query(#"name:"a b"  tag:x"#) == JobQuery(tag: "x", terms: ["name": "a b"]))
        #expect(query(#"error:a"b c"d"#).error == "ab cd")
        #expect(query("name:é").terms == ["name": "é"])
        #expect(query("time:12:30").terms == ["time": "12:30"])
    }

    @Test(
        "what cannot be meant is said, each by itself",
        arguments: [
            ("type:", 1), (":x", 1), ("word", 1), (#"error:"open"#, 1), (#"""#, 1), ("type:a type:b", 1),
            ("state:failed status:done", 1), ("state:waiting", 1), ("type:a%b", 1), (#"queue:"a b""#, 1),
            ("since:soon", 1),
            ("since:2026-13-01", 1), (#"node:"a b""#, 1), ("a/b?:x", 1), ("word other", 2),
            ("f:" + String(repeating: "x", count: 129), 1), ("tag:" + String(repeating: "x", count: 41), 1),
            (String(repeating: "x", count: 65) + ":1", 1), (String(repeating: "x", count: 5000), 1),
            ((0..<9).map { "f\($0):x" }.joined(separator: " "), 1), ("error:a\u{0}b", 1), ("payload.:x", 1),
        ])
    func bad(text: String, count: Int) { #expect(issues(text).count == count, "\(text): \(issues(text))") }

    @Test("no text breaks it")
    func noise() {
        let pieces = ["\"", "\\", " ", ":", "a", "é", "\u{0}", "type:", "state:done", "\u{301}", "🚀", "%", "\n"]
        var state: UInt64 = 7
        for _ in 0..<3000 {
            var text = ""
            for _ in 0..<12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1
                text += pieces[Int(state >> 33) % pieces.count]
            }
            var filter = JobFilter(limit: 20)
            filter.add(text, path: "q")
            #expect(filter.issues.count <= 20)
        }
    }

    @Test(
        "errors of one cause have one pattern",
        arguments: [
            ("timeout after 30 s", "timeout after # s"), ("job 01ARZ3NDEKTSV4RRFFQ69G5FAV is gone", "job # is gone"),
            (#"no file "/tmp/a b.txt""#, #"no file "…""#), ("can't open 'x'", #"can't open "…""#),
            ("a\nb 2", "a"), ("  many   spaces\t5 ", " many spaces #"), ("", ""), ("é 5", "é #"),
            ("it isn't 'open", "it isn't 'open"),
            ("https://10.0.0.7:8080/x", "https://#.#.#.#:#/x"),
            ("550e8400-e29b-41d4-a716-446655440000 failed", "# failed"),
        ])
    func pattern(error: String, pattern: String) { #expect(ErrorPattern.of(error) == pattern) }

    @Test("a pattern is bounded")
    func longPattern() {
        #expect(ErrorPattern.of(String(repeating: "é ", count: 2000)).utf8.count <= ErrorPattern.maximumBytes + 3)
        #expect(ErrorPattern.of(String(repeating: "'", count: 4000)).utf8.count <= ErrorPattern.maximumBytes + 3)
    }
}
