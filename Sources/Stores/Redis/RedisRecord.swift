import RoostJobs

/// Reads the two record formats of Documentation/redis-layout.md.
enum RedisRecord {
    /// A whole record from its parts; nil for a format this version does not know.
    static func parse(id: JobID, blob: [UInt8], state: [UInt8], result: [UInt8]?, error: String?) -> JobRecord? {
        guard let newline = blob.firstIndex(of: 0x0A) else { return nil }
        var header = RecordWords(blob, end: newline)
        guard let format = header.int(), format == 1 || format == 2, let queue = header.text(),
            let type = header.text(), let priority = header.int(), let maxAttempts = header.int(),
            let inserted = header.time() ?? nil, let timeout = header.int(), let ttl = header.int(),
            let key = header.next()
        else { return nil }
        let job = NewJob(
            id: id, type: type, queue: queue, payload: Array(blob[(newline + 1)...]),
            priority: priority, maxAttempts: maxAttempts, timeout: .microseconds(timeout),
            resultTTL: .microseconds(ttl),
            uniqueKey: key.elementsEqual(CollectionOfOne(UInt8(ascii: "-"))) ? nil : RecordWords.text(key.dropFirst()))
        var record = JobRecord(job, state: .queued, insertedAt: inserted, runAt: nil)
        if format == 2 {
            guard let rare = header.next() else { return nil }
            applyRare(rare, to: &record)
        }
        record.result = result
        record.error = error
        return header.isAtEnd && (state.isEmpty || apply(state, to: &record)) ? record : nil
    }

    /// What few jobs have: `letter=value` with semicolons between; letters of a later release are passed over.
    private static func applyRare(_ fields: ArraySlice<UInt8>, to record: inout JobRecord) {
        for field in fields.split(separator: UInt8(ascii: ";")) {
            guard let letter = field.first, field.dropFirst().first == UInt8(ascii: "=") else { continue }
            let value = field.dropFirst(2)
            switch UnicodeScalar(letter) {
            case "t": record.tenant = RecordWords.text(value)
            case "g": record.tags = value.split(separator: UInt8(ascii: ",")).map(RecordWords.text)
            case "s": record.terms = SearchTerm.fields(RecordWords.text(value).split(separator: ","))
            case "w": record.trace = RecordWords.text(value)
            case "r": record.retry = RetryPolicy(RecordWords.text(value))
            case "x": record.startBy = RecordWords.int(value).map { Timestamp(microseconds: Int64($0)) }
            case "d": record.deadline = RecordWords.int(value).map { Timestamp(microseconds: Int64($0)) }
            case "b": record.batch = JobID(RecordWords.text(value))
            case "p": record.hasParents = true
            case "e": record.parentRule = .ended
            default: break
            }
        }
    }

    /// Fills in where the job is; false for a format this version does not know.
    private static func apply(_ state: [UInt8], to record: inout JobRecord) -> Bool {
        var words = RecordWords(state, end: state.count)
        guard let format = words.int(), format == 1 || format == 2,
            let letter = words.next(), let state = JobState(letter: letter), let attempt = words.int(),
            let crashes = words.int(), words.next() != nil, let owner = words.next(), let started = words.time(),
            let finished = words.time(), let run = words.time(), let expires = words.time(), words.next() != nil
        else { return false }
        record.state = state
        record.attempt = attempt
        record.crashes = crashes
        record.worker = owner.elementsEqual(CollectionOfOne(UInt8(ascii: "-"))) ? nil : RecordWords.text(owner)
        record.startedAt = started
        record.finishedAt = finished
        record.runAt = run
        record.expiresAt = expires
        if format == 2 {
            guard let before = words.int() else { return false }
            record.attemptsBefore = before
        }
        return words.isAtEnd
    }

    /// The token of a state.
    static func token(_ state: [UInt8]) -> UInt64? {
        var words = RecordWords(state, end: state.count)
        for _ in 0..<4 where words.next() == nil { return nil }
        return words.text().flatMap { UInt64($0) }
    }
}

extension JobState {
    /// The state that one letter stands for in a record.
    fileprivate init?(letter: ArraySlice<UInt8>) {
        guard letter.count == 1, let byte = letter.first else { return nil }
        switch UnicodeScalar(byte) {
        case "s": self = .scheduled
        case "q": self = .queued
        case "r": self = .running
        case "d": self = .done
        case "f": self = .failed
        case "c": self = .cancelled
        default: return nil
        }
    }
}
