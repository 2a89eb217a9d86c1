import FoundationEssentials
import Synchronization

/// What a handler knows of the attempt it runs in, and how it tells how far it is.
public struct JobContext: Sendable {
    /// The job's id.
    public let id: JobID
    /// The kind of work.
    public let type: String
    /// The queue it came from.
    public let queue: String
    /// This attempt, from 1.
    public let attempt: Int
    /// Attempts that may fail.
    public let maxAttempts: Int
    /// When the store accepted the job.
    public let insertedAt: Timestamp
    /// The member that runs it.
    public let worker: String
    /// Whose job it is.
    public let tenant: String?
    /// The words it can be found by.
    public let tags: [String]
    /// The W3C trace context it belongs to (`traceparent`): continue it in the calls you make.
    public let trace: String?
    /// The batch it belongs to.
    public let batch: JobID?
    private let hasParents: Bool
    let reporter: (any AttemptReporter)?

    /// The context of a claimed job; without a `reporter` what the handler tells goes nowhere.
    public init(_ job: JobRecord, worker: String, reporter: (any AttemptReporter)? = nil) {
        id = job.id
        type = job.type
        queue = job.queue
        attempt = job.attempt
        maxAttempts = job.maxAttempts
        insertedAt = job.insertedAt
        self.worker = worker
        tenant = job.tenant
        tags = job.tags
        trace = job.trace
        batch = job.batch
        hasParents = job.hasParents
        self.reporter = reporter
    }

    /// A context for testing a handler: as if the job had just been claimed. Give it a `RecordingReporter` to see what
    /// the handler tells and enqueues, and to set what its parents made.
    public init(testing job: NewJob, attempt: Int = 1, reporter: (any AttemptReporter)? = nil) {
        var record = JobRecord(job, state: .running, insertedAt: .now(), runAt: nil)
        record.attempt = attempt
        record.hasParents = reporter != nil
        self.init(record, worker: "worker@test", reporter: reporter)
    }

    /// The same for every attempt of this job: give it to the systems you call, so that a repeated attempt has its
    /// effect once.
    public var idempotencyKey: String { id.description }

    /// Whether the attempt should stop: its deadline came, the job was cancelled or the lease was lost.
    public var isCancelled: Bool { Task.isCancelled }

    /// Tells how far the work is: 0 to 1, and a few words about it. Kept as `{"fraction":0.5,"message":"…"}`.
    ///
    /// Costs next to nothing: notes are gathered and the newest is sent some four times a second. Never fails; a note
    /// that cannot be stored is dropped. Words are cut to what `JobLimits.progressBytes` allows.
    public func progress(_ fraction: Double, _ message: String? = nil) {
        reporter?.progress(ProgressNote.json(fraction, message))
    }

    /// Tells how far the work is in a shape of your own: JSON of at most `JobLimits.progressBytes`.
    /// - Returns: false when it is not, and was dropped.
    @discardableResult
    public func progress(json: [UInt8]) -> Bool {
        guard json.count <= JobLimits.progressBytes, (try? JSONScanner.validate(json)) != nil else { return false }
        reporter?.progress(json)
        return true
    }

    /// Tells how far the work is in a shape of your own.
    /// - Returns: false when it has more than `JobLimits.progressBytes` as JSON or is none, and was dropped.
    @discardableResult
    public func progress(note: some Encodable) -> Bool {
        guard let json = try? JSONEncoder().encode(note) else { return false }
        return progress(json: Array(json))
    }

    /// Adds a line to the job's log; see `JobLimits.logBytes` and `logLineBytes`. Lines are gathered and sent some four
    /// times a second, the last ones before the attempt's end is recorded. Never fails; lines that cannot be stored are
    /// dropped and counted.
    public func log(_ line: String) { reporter?.log(line) }

    /// The jobs this one waited for, in the order they were named, kept until it has ended: see
    /// `JobRecord.result(as:)`.
    /// - Throws: when the store does not answer.
    public func parents() async throws(StoreError) -> [JobRecord] {
        guard hasParents, let reporter else { return [] }
        return try await reporter.parents()
    }
}

extension JobRecord {
    /// The job's result, decoded; nil when it has none.
    /// - Throws: what the decoder throws for a result of another shape.
    public func result<Value: Decodable>(as type: Value.Type) throws -> Value? {
        guard let result, !result.isEmpty else { return nil }
        return try JSONDecoder().decode(type, from: Data(result))
    }
}

/// Takes what a handler tells about its attempt. Called from any thread; returns at once.
public protocol AttemptReporter: Sendable {
    /// A progress note: JSON, at most `JobLimits.progressBytes`.
    func progress(_ json: [UInt8])

    /// A line for the job's log.
    func log(_ line: String)

    /// The jobs the attempt's job waited for.
    func parents() async throws(StoreError) -> [JobRecord]

    /// Where the handler's own jobs go; nil: nowhere.
    var store: (any JobStore)? { get }
}

extension AttemptReporter {
    /// Nowhere.
    public var store: (any JobStore)? { nil }
}

/// Keeps what a handler tells, for tests of handlers.
public final class RecordingReporter: AttemptReporter {
    private let told = Mutex<(progress: [[UInt8]], log: [String])>(([], []))
    private let parentRecords: [JobRecord]
    public let store: (any JobStore)?

    /// A reporter; `parents` is what the handler is given as the jobs it waited for, `store` where jobs go that it
    /// enqueues: a `MemoryStore`, to be looked into afterwards.
    public init(parents: [JobRecord] = [], store: (any JobStore)? = nil) {
        parentRecords = parents
        self.store = store
    }

    /// Every progress note so far, as JSON text.
    public var progress: [String] { told.withLock { $0.progress.map { String(decoding: $0, as: UTF8.self) } } }

    /// Every line of the log so far.
    public var log: [String] { told.withLock { $0.log } }

    public func progress(_ json: [UInt8]) { told.withLock { $0.progress.append(json) } }

    public func log(_ line: String) { told.withLock { $0.log.append(line) } }

    public func parents() async throws(StoreError) -> [JobRecord] { parentRecords }
}

/// The usual shape of a progress note.
private enum ProgressNote {
    static func json(_ fraction: Double, _ message: String?) -> [UInt8] {
        var json = Array("{\"fraction\":\(fraction.isFinite ? min(max(0, fraction), 1) : 0)".utf8)
        if let message {
            json += Array(",\"message\":\"".utf8)
            for scalar in message.unicodeScalars {
                let escaped = escape(scalar)
                // Two bytes close the string and the object.
                if json.count + escaped.count + 2 > JobLimits.progressBytes { break }
                json += escaped
            }
            json.append(UInt8(ascii: "\""))
        }
        json.append(UInt8(ascii: "}"))
        return json
    }

    private static func escape(_ scalar: Unicode.Scalar) -> [UInt8] {
        switch scalar {
        case "\"", "\\": [UInt8(ascii: "\\"), UInt8(scalar.value)]
        case "\0": Array("\\ufffd".utf8)
        case "\u{1}"..<" ": Array("\\u00\(scalar.value < 16 ? "0" : "")\(String(scalar.value, radix: 16))".utf8)
        default: Array(String(scalar).utf8)
        }
    }
}
