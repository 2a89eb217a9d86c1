import RoostJobs

/// Reads the two record formats of Documentation/redis-layout.md.
enum RedisRecord {
    /// A whole record from its parts; nil for a format this version does not know.
    static func parse(id: JobID, blob: [UInt8], state: [UInt8], result: [UInt8]?, error: String?) -> JobRecord? {
        guard let newline = blob.firstIndex(of: 0x0A) else { return nil }
        let header = blob[..<newline].split(separator: 0x20)
        guard header.count == 9, header[0].elementsEqual("1".utf8), let priority = int(header[3]),
            let maxAttempts = int(header[4]), let inserted = time(header[5]), let timeout = int(header[6]),
            let ttl = int(header[7])
        else { return nil }
        let job = NewJob(
            id: id, type: text(header[2]), queue: text(header[1]), payload: Array(blob[(newline + 1)...]),
            priority: priority, maxAttempts: maxAttempts, timeout: .microseconds(timeout),
            resultTTL: .microseconds(ttl),
            uniqueKey: header[8].elementsEqual("-".utf8) ? nil : text(header[8].dropFirst()))
        var record = JobRecord(job, state: .queued, insertedAt: inserted, runAt: nil)
        record.result = result
        record.error = error
        return state.isEmpty || apply(state, to: &record) ? record : nil
    }

    /// Fills in where the job is; false for a format this version does not know.
    private static func apply(_ state: [UInt8], to record: inout JobRecord) -> Bool {
        let fields = state.split(separator: 0x20)
        guard fields.count == 11, fields[0].elementsEqual("1".utf8), let state = JobState(letter: text(fields[1])),
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
        return true
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
