import HTTPTypes
import RoostJobs

/// What became of the items of a bulk, as a reply.
struct BulkReply {
    private(set) var json: JSONWriter
    /// Whether every job was accepted by an earlier call.
    private(set) var isRepeated = false
    private var accepted = 0
    private var full = 0
    private let count: Int

    init(_ items: [BulkItem], _ results: [Enqueued]) {
        count = items.count
        json = JSONWriter(capacity: 80 * items.count)
        var repeated = 0
        for result in results {
            switch result {
            case .accepted, .existing: accepted += 1
            case .repeated:
                accepted += 1
                repeated += 1
            case .full: full += 1
            case .mismatched: break
            }
        }
        isRepeated = repeated > 0 && repeated == items.count
        write(items, results)
    }

    var status: HTTPResponse.Status {
        if accepted == count { return .accepted }
        if accepted > 0 { return HTTPResponse.Status(code: 207, reasonPhrase: "Multi-Status") }
        return full == count ? .tooManyRequests : .unprocessableContent
    }

    private mutating func write(_ items: [BulkItem], _ results: [Enqueued]) {
        let (accepted, refused) = (accepted, count - accepted)
        var results = results.makeIterator()
        json.object { json in
            json.field("accepted", accepted)
            json.field("refused", refused)
            json.key("jobs")
            json.array { json in
                for (index, item) in items.enumerated() {
                    json.object { json in
                        json.field("index", index)
                        switch item {
                        case .job: if let result = results.next() { json.fields(result) }
                        case .refused(let message, let issues): json.refused(message, issues)
                        }
                    }
                }
            }
        }
    }
}

extension JSONWriter {
    /// What the store made of one job.
    fileprivate mutating func fields(_ result: Enqueued) {
        if let refusal = result.refusal { return refused(refusal.message, []) }
        field("status", "accepted")
        field("job_id", result.id?.description)
        if case .existing = result { field("duplicate", true) }
        if case .repeated = result { field("repeated", true) }
    }

    fileprivate mutating func refused(_ message: String, _ issues: [NewJob.Issue]) {
        field("status", "refused")
        field("error", message)
        if !issues.isEmpty {
            key("issues")
            write(issues: issues)
        }
    }
}
