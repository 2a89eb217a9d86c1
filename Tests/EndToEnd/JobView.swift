import RoostJobs

/// A job as the API shows it.
struct JobView: Sendable, CustomStringConvertible {
    private let json: JSONObject
    let description: String

    init(_ json: JSONObject, text: String) {
        self.json = json
        description = text
    }

    init?(_ reply: Curl.Reply) {
        guard reply.status == 200, let json = reply.object else { return nil }
        self.init(json, text: reply.body)
    }

    /// The objects of a JSON array.
    static func list(_ text: String) -> [JobView] {
        rows(Array(text.utf8)).compactMap { row in
            row.object.map { JobView($0, text: String(decoding: row.bytes, as: UTF8.self)) }
        }
    }

    private static func rows(_ bytes: [UInt8]) -> [JSONSlice] {
        (try? JSONScanner.parseArray(bytes, maximumDepth: 64)) ?? []
    }

    var id: String { text("id") ?? "" }
    var status: String { text("status") ?? "" }
    var error: String { text("error") ?? "" }
    var attempt: Int { int("attempt") ?? -1 }
    var isFinal: Bool { ["done", "failed", "cancelled"].contains(status) }
    /// The member that runs it or ran it; a worker is `member#incarnation`.
    var member: String { String((text("worker") ?? "").prefix { $0 != "#" }) }

    func text(_ key: String) -> String? { json[key]?.string }

    func int(_ key: String) -> Int? { json[key]?.int }

    /// A field's JSON as it is.
    func raw(_ key: String) -> String? { json[key].map { String(decoding: $0.bytes, as: UTF8.self) } }

    func time(_ key: String) -> Timestamp? { text(key).flatMap { Timestamp(rfc3339: $0) } }

    /// The rows of a field that is a list of objects.
    func rows(_ key: String) -> [JobView] { raw(key).map(Self.list) ?? [] }

    /// The words of the reasons why it waits.
    var reasons: [String] { rows("reasons").compactMap { $0.text("reason") } }

    /// From its start to its end.
    var span: Range<Timestamp>? {
        guard let start = time("started_at"), let end = time("finished_at"), start <= end else { return nil }
        return start..<end
    }

    /// The most that ran at one moment.
    static func overlap(_ jobs: [JobView]) -> Int {
        let spans = jobs.compactMap(\.span)
        return spans.map { span in spans.count { $0.contains(span.lowerBound) } }.max() ?? 0
    }

    /// The most that started in any span of so long.
    static func starts(_ jobs: [JobView], in period: Duration) -> Int {
        let starts = jobs.compactMap { $0.time("started_at") }
        return starts.map { start in starts.count { $0 >= start && $0.since(start) < period } }.max() ?? 0
    }

    /// The words of a text in the order of the starts of the jobs they stand for.
    static func order(_ jobs: [JobView], by key: String) -> [String] {
        jobs.sorted { ($0.text("started_at") ?? "") < ($1.text("started_at") ?? "") }.map {
            $0.text(key) ?? $0.raw(key) ?? ""
        }
    }
}
