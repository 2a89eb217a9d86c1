import RoostJobs

/// Reads the two record formats of Documentation/redis-layout.md.
enum RedisRecord {
    /// A whole record from its parts; nil for a format this version does not know.
    static func parse(id: JobID, blob: [UInt8], state: [UInt8], result: [UInt8]?, error: String?) -> JobRecord? {
        guard let newline = blob.firstIndex(of: 0x0A) else { return nil }
        let header = blob[..<newline].split(separator: 0x20)
        guard let format = format(header, ["1": 9, "2": 10]), let priority = int(header[3]),
            let maxAttempts = int(header[4]), let inserted = time(header[5]), let timeout = int(header[6]),
            let ttl = int(header[7])
        else { return nil }
        let job = NewJob(
            id: id, type: text(header[2]), queue: text(header[1]), payload: Array(blob[(newline + 1)...]),
            priority: priority, maxAttempts: maxAttempts, timeout: .microseconds(timeout),
            resultTTL: .microseconds(ttl),
            uniqueKey: header[8].elementsEqual("-".utf8) ? nil : text(header[8].dropFirst()))
        var record = JobRecord(job, state: .queued, insertedAt: inserted, runAt: nil)
        if format == 2 { applyRare(header[9], to: &record) }
        record.result = result
        record.error = error
        return state.isEmpty || apply(state, to: &record) ? record : nil
    }

    /// What few jobs have: `letter=value` with semicolons between; letters of a later release are passed over.
    private static func applyRare(_ fields: ArraySlice<UInt8>, to record: inout JobRecord) {
        for field in fields.split(separator: UInt8(ascii: ";")) {
            guard let letter = field.first, field.dropFirst().first == UInt8(ascii: "=") else { continue }
            let value = field.dropFirst(2)
            switch UnicodeScalar(letter) {
            case "t": record.tenant = text(value)
            case "g": record.tags = value.split(separator: UInt8(ascii: ",")).map(text)
            case "s": record.terms = SearchTerm.fields(text(value).split(separator: ","))
            case "w": record.trace = text(value)
            case "r": record.retry = RetryPolicy(text(value))
            case "x": record.startBy = int(value).map { Timestamp(microseconds: Int64($0)) }
            case "d": record.deadline = int(value).map { Timestamp(microseconds: Int64($0)) }
            case "b": record.batch = JobID(text(value))
            case "p": record.hasParents = true
            case "e": record.parentRule = .ended
            default: break
            }
        }
    }

    /// Fills in where the job is; false for a format this version does not know.
    private static func apply(_ state: [UInt8], to record: inout JobRecord) -> Bool {
        let fields = state.split(separator: 0x20)
        guard let format = format(fields, ["1": 11, "2": 12]), let state = JobState(letter: text(fields[1])),
            let attempt = int(fields[2]), let crashes = int(fields[3])
        else { return false }
        record.state = state
        record.attempt = attempt
        record.crashes = crashes
        record.worker = fields[5].elementsEqual("-".utf8) ? nil : text(fields[5])
        record.startedAt = time(fields[6])
        record.finishedAt = time(fields[7])
        record.runAt = time(fields[8])
        record.expiresAt = time(fields[9])
        if format == 2 { record.attemptsBefore = int(fields[11]) ?? 0 }
        return true
    }

    /// The version a record starts with, if it has as many fields as that version has.
    private static func format(_ fields: [ArraySlice<UInt8>], _ known: [String: Int]) -> Int? {
        guard let first = fields.first, known[text(first)] == fields.count else { return nil }
        return int(first)
    }

    /// The token of a state.
    static func token(_ state: [UInt8]) -> UInt64? {
        let fields = state.split(separator: 0x20, maxSplits: 5)
        return fields.count == 6 ? UInt64(text(fields[4])) : nil
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func int(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        guard !bytes.isEmpty, bytes.count <= 18 else { return nil }
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    private static func time(_ bytes: ArraySlice<UInt8>) -> Timestamp? {
        int(bytes).flatMap { $0 == 0 ? nil : Timestamp(microseconds: Int64($0)) }
    }
}
