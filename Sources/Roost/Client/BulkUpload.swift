import RoostJobs

/// Gives the jobs of a file, one a line, to the cluster: some in each call, told of one by one.
struct BulkUpload {
    let api: APIClient
    /// `/jobs/bulk`, or the jobs of an open batch.
    let path: String
    /// Lines a call.
    let perCall: Int
    let idempotencyKey: String?
    /// Whether replies are printed as they are.
    let json: Bool

    /// Bytes of a call; the last line may go beyond.
    private static let bytes = 8 << 20

    private var calls = 0
    private var accepted = 0
    private var refused = 0

    init(api: APIClient, path: String, flags: BulkUploadFlags, json: Bool) throws(Failure) {
        guard (1...JobLimits.batch).contains(flags.perCall) else {
            throw Failure(.usage, "--per-call is 1 to \(JobLimits.batch)")
        }
        self.api = api
        self.path = path
        self.json = json
        perCall = flags.perCall
        idempotencyKey = flags.idempotencyKey
    }

    /// Sends all lines. Prints the ids of the jobs in order, and to standard error what is wrong with others.
    mutating func run(_ file: String) async throws {
        var reader = try LineReader(file)
        var body: [UInt8] = []
        var lines: [Int] = []
        var number = 0
        while let line = try reader.next() {
            number += 1
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
            body += line
            body.append(UInt8(ascii: "\n"))
            lines.append(number)
            guard lines.count == perCall || body.count >= Self.bytes else { continue }
            try await send(body, lines)
            (body, lines) = ([], [])
        }
        if !lines.isEmpty { try await send(body, lines) }
        if accepted + refused == 0 { throw Failure(.badInput, "there are no jobs in \(file)") }
        if refused > 0 { throw Failure(.badInput, "\(refused) of \(accepted + refused) jobs were refused") }
    }

    private mutating func send(_ body: [UInt8], _ lines: [Int]) async throws {
        calls += 1
        var isAnswered = false
        defer { if !isAnswered, lines[0] > 1 { Console.error("the lines before \(lines[0]) were sent") } }
        let reply = try await api.post(path, body, idempotencyKey: idempotencyKey.map { "\($0)/\(calls)" })
        let rows = try Self.rows(reply)
        isAnswered = true
        if json { Console.print(reply.body) }
        for row in rows { tell(row, lines) }
        guard reply.status == 429 else { return }
        throw Failure(.tryAgain, "the queue is full: go on later from line \(lines[0])")
    }

    private mutating func tell(_ row: JSONObject, _ lines: [Int]) {
        if let id = row["job_id"]?.string {
            accepted += 1
            if !json { Console.print(id) }
            return
        }
        refused += 1
        let line = row["index"]?.int.flatMap { lines.indices.contains($0) ? lines[$0] : nil }
        let issues = row["issues"].flatMap { try? JSONArray.objects($0.bytes) } ?? []
        let details = issues.map { "; \(JobText.field($0, "path")) \(JobText.field($0, "message"))" }.joined()
        Console.error("line \(line.map(String.init) ?? "?"): \(JobText.field(row, "error"))\(details)")
    }

    /// A row a line, also where none was accepted; any other refusal is a failure.
    private static func rows(_ reply: APIClient.Reply) throws(Failure) -> [JSONObject] {
        if let jobs = reply.object?["jobs"], jobs.kind == .array { return try JSONArray.objects(jobs.bytes) }
        _ = try reply.checked()
        throw Failure(.software, "unexpected reply")
    }
}
