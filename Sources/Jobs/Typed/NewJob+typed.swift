import FoundationEssentials

extension NewJob {
    /// A job written as a type, as its producer asks for it: its payload is the value as JSON, and queue, priority,
    /// attempts, timeout and result time to live are those of its type's `options`.
    ///
    /// The options' waits between attempts are not put in: they are the handler's, and may change with it. What a producer
    /// wants otherwise it sets afterwards. Members are written in the order of their names, so that equal values are equal
    /// bytes.
    /// - Throws: the first thing that keeps the job from being accepted: it cannot be encoded, is more than
    ///   `JobLimits.payloadBytes` or deeper than `JobLimits.depth`, or an option of its type is beyond a limit.
    public init<J: Job>(
        _ job: J, id: JobID = JobIDGenerator.shared.next(), start: Start = .now
    ) throws(Issue) {
        let options = J.options
        self.init(
            id: id, type: J.type, queue: options.queue, payload: try Self.payload(of: job), priority: options.priority,
            maxAttempts: options.maxAttempts, timeout: options.timeout, resultTTL: options.resultTTL, start: start)
        self = try validated()
    }

    private static func payload(of job: some Encodable) throws(Issue) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes: [UInt8]
        do {
            bytes = Array(try encoder.encode(job))
        } catch {
            throw Issue(path: "payload", message: "cannot be encoded as JSON: \(error)")
        }
        // Before the scan: what is too large is refused for its size.
        guard bytes.count <= JobLimits.payloadBytes else { return bytes }
        do throws(JSONFault) {
            try JSONScanner.validate(bytes)
        } catch {
            throw Issue(path: "payload", message: "is not acceptable JSON: \(error)")
        }
        return bytes
    }
}
