import HTTPTypes
import RoostJobs

/// The items of a bulk: the jobs that can be given to the store, and what is wrong with the others.
///
/// Made in one pass over the body: no item is kept beside its job.
struct BulkJobs {
    /// An item that is none.
    struct Refusal {
        let index: Int
        let message: String
        let issues: [NewJob.Issue]
    }

    private(set) var jobs: [NewJob] = []
    /// In order.
    private(set) var refusals: [Refusal] = []
    /// How many items there are.
    private(set) var count = 0
    private let headers: RequestHeaders
    private let bulkKey: IdempotencyKey?
    private let configuration: APIConfiguration

    /// Reads the elements of an array, which must be whole JSON, or the lines of newline-delimited JSON, each of which is
    /// read by itself. A bulk that has a key of its own gives it to each item without one.
    init(
        _ bytes: [UInt8], headers: RequestHeaders, bulkKey: IdempotencyKey?, configuration: APIConfiguration
    ) throws(APIError) {
        self.headers = headers
        self.bulkKey = bulkKey
        self.configuration = configuration
        if bytes.first(where: { !Self.isSpace($0) }) == UInt8(ascii: "[") {
            do throws(JSONFault) {
                try JSONScanner.readObjects(bytes, maximumDepth: JobLimits.depth + 2) { slice, object in
                    add(object, slice.count, of: bytes.count) { slice.bytes }
                }
            } catch {
                throw .malformed(error)
            }
        } else {
            readLines(bytes)
        }
        guard count <= JobLimits.batch else {
            throw APIError(.contentTooLarge, "At most \(JobLimits.batch) jobs in one call")
        }
    }

    /// Makes the jobs members of a batch.
    mutating func join(_ batch: JobID) {
        for index in jobs.indices { jobs[index].batch = batch }
    }

    private mutating func readLines(_ bytes: [UInt8]) {
        var start = 0
        // One more than allowed is enough to know that there are too many.
        while start < bytes.count, count <= JobLimits.batch {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            defer { start = end + 1 }
            let line = start..<end
            guard bytes[line].contains(where: { !Self.isSpace($0) }) else { continue }
            do throws(JSONFault) {
                let object = try JSONScanner.parseObject(bytes, in: line, maximumDepth: JobLimits.depth + 1)
                add(object, line.count, of: bytes.count) { Array(bytes[line]) }
            } catch {
                refuse(APIError.malformed(error).message)
            }
        }
    }

    /// Takes an item of so many bytes out of `all`.
    private mutating func add(_ object: JSONObject?, _ size: Int, of all: Int, bytes: () -> [UInt8]) {
        // All are checked, but there is no use for more than one too many.
        guard count < JobLimits.batch else { return count = JobLimits.batch + 1 }
        guard let object else {
            do throws(APIError) { _ = try JSONObject.parse(body: bytes()) } catch { refuse(error.message) }
            return
        }
        var envelope = JobEnvelope(object, configuration: configuration)
        guard envelope.payloadKind != nil else { return refuse("Missing 'payload' field") }
        guard size <= configuration.maximumBodyBytes else {
            return refuse("The job has more than \(configuration.maximumBodyBytes) bytes")
        }
        envelope.job.trace = headers.trace
        if let key = envelope.idempotencyKey {
            envelope.identify(IdempotencyKey(key: key, digest: ContentDigest.hex(bytes())))
        } else if let bulkKey {
            envelope.identify(IdempotencyKey(key: "\(bulkKey.key)/\(count)", digest: bulkKey.digest))
        }
        guard envelope.issues.isEmpty else { return refuse("Invalid job", envelope.issues) }
        // Items are mostly alike: room for as many as there seem to be.
        if jobs.isEmpty { jobs.reserveCapacity(min(JobLimits.batch, all / (size + 1) + 1)) }
        jobs.append(envelope.job)
        count += 1
    }

    private mutating func refuse(_ message: String, _ issues: [NewJob.Issue] = []) {
        refusals.append(Refusal(index: count, message: message, issues: issues))
        count += 1
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
