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

    init(_ bulk: BulkJobs, _ results: [Enqueued]) {
        count = bulk.count
        json = JSONWriter(capacity: 80 * bulk.count + 64)
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
        isRepeated = repeated > 0 && repeated == bulk.count
        write(bulk, results)
    }

    var status: HTTPResponse.Status {
        if accepted == count { return .accepted }
        if accepted > 0 { return HTTPResponse.Status(code: 207, reasonPhrase: "Multi-Status") }
        return full == count ? .tooManyRequests : .unprocessableContent
    }

    private mutating func write(_ bulk: BulkJobs, _ results: [Enqueued]) {
        let (accepted, refused) = (accepted, count - accepted)
        json.object { json in
            json.field("accepted", accepted)
            json.field("refused", refused)
            json.key("jobs")
            json.array { json in
                var refusals = bulk.refusals.makeIterator()
                var refusal = refusals.next()
                var results = results.makeIterator()
                for index in 0..<bulk.count {
                    if let next = refusal, next.index == index {
                        json.object { json in
                            json.field("index", index)
                            json.refused(next.message, next.issues)
                        }
                        refusal = refusals.next()
                    } else if let result = results.next() {
                        json.row(index, result)
                    }
                }
            }
        }
    }
}

extension JSONWriter {
    /// What the store made of the job at `index`.
    fileprivate mutating func row(_ index: Int, _ result: Enqueued) {
        // As nearly all are: in one step.
        if case .accepted(let id) = result {
            return put(#"{"index":"#, index, #","status":"accepted","job_id":""#, id, "\"}")
        }
        object { json in
            json.field("index", index)
            json.fields(result)
        }
    }

    private mutating func fields(_ result: Enqueued) {
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
