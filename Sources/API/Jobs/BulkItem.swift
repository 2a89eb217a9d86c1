import RoostJobs

/// One item of a bulk: a job to give to the store, or why not.
enum BulkItem {
    case job(NewJob)
    case refused(String, [NewJob.Issue])

    /// Reads one item. A bulk that has a key of its own gives it to each item without one.
    init(
        _ item: BulkBody.Item, headers: RequestHeaders, bulkKey: IdempotencyKey?, index: Int,
        configuration: APIConfiguration
    ) {
        let object: JSONObject
        do throws(APIError) {
            object = try item.object()
        } catch {
            self = .refused(error.message, [])
            return
        }
        var envelope = JobEnvelope(object, configuration: configuration)
        guard envelope.payloadKind != nil else {
            self = .refused("Missing 'payload' field", [])
            return
        }
        guard item.count <= configuration.maximumBodyBytes else {
            self = .refused("The job has more than \(configuration.maximumBodyBytes) bytes", [])
            return
        }
        envelope.job.trace = headers.trace
        if let key = envelope.idempotencyKey {
            envelope.identify(IdempotencyKey(key: key, digest: ContentDigest.hex(item.bytes)))
        } else if let bulkKey {
            envelope.identify(IdempotencyKey(key: "\(bulkKey.key)/\(index)", digest: bulkKey.digest))
        }
        self = envelope.issues.isEmpty ? .job(envelope.job) : .refused("Invalid job", envelope.issues)
    }

    var job: NewJob? { if case .job(let job) = self { job } else { nil } }
}
