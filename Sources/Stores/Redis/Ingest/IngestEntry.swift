import RoostJobs

/// An entry of the ingest stream: what any Redis client may `XADD`.
///
/// `type` and `payload` (JSON) must be there; `priority` (1 to 10), `attempts` (made already) and `queue` may be; `id` is
/// kept as a tag, so that the job can be traced to its producer. Every other field is ignored.
struct IngestEntry {
    /// The entry's id in the stream, `<ms>-<sequence>`.
    var id: String
    /// Names and values in the order they came.
    var fields: [(name: [UInt8], value: [UInt8])]

    /// What became of reading it as a job.
    enum Reading {
        case job(NewJob)
        case malformed(String)
        /// It was deleted from the stream since somebody fetched it.
        case gone
    }

    /// The value of a field; the last of several.
    func value(_ name: String) -> [UInt8]? { fields.last { $0.name.elementsEqual(name.utf8) }?.value }

    /// The entry as a job.
    func reading(_ configuration: RedisIngestConfiguration) -> Reading {
        // An entry that is there has at least one field.
        if fields.isEmpty { return .gone }
        guard let type = text("type") else { return .malformed("type is missing") }
        guard let payload = value("payload") else { return .malformed("payload is missing") }
        var job = NewJob(
            id: JobID(entry: id, of: configuration.stream), type: type, queue: text("queue") ?? configuration.queue,
            payload: payload)
        if let priority = text("priority") {
            guard let number = Self.number(priority) else { return .malformed("priority is no number") }
            job.priority = number
        }
        var made = 0
        if let attempts = text("attempts") {
            guard let number = Self.number(attempts) else { return .malformed("attempts is no number") }
            made = number
        }
        job.maxAttempts = max(1, configuration.maxAttempts - min(made, JobLimits.attempts))
        if let id = text("id"), JobName.isValid(id), id.utf8.count + 3 <= JobLimits.tagBytes { job.tags = ["id:" + id] }
        if let issue = job.issues.first { return .malformed("\(issue.path) \(issue.message)") }
        do throws(JSONFault) {
            try JSONScanner.validate(payload)
        } catch {
            return .malformed("payload is no JSON: \(error)")
        }
        return .job(job)
    }

    private func text(_ name: String) -> String? { value(name).map { String(decoding: $0, as: UTF8.self) } }

    /// A whole number of digits only: `Int` would take a sign.
    private static func number(_ text: String) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}

extension JobID {
    /// The id of the job an entry becomes: the same each time the entry is delivered, and as old as the entry.
    init(entry: String, of stream: String) {
        // FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv: keeps streams apart; no secret is made of it.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in stream.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let parts = entry.split(separator: "-")
        let milliseconds = parts.first.flatMap { UInt64($0) } ?? 0
        let sequence = parts.count > 1 ? UInt64(parts[1]) ?? 0 : 0
        // Entries of one millisecond differ in their sequence; a time past a ULID's 48 bits still tells two apart.
        self.init(
            high: (milliseconds & 0xFFFF_FFFF_FFFF) << 16 | (hash >> 48),
            low: hash ^ sequence ^ ((milliseconds >> 48) &* 0x9E37_79B9_7F4A_7C15))
    }
}
