import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// Many jobs in one call: `POST /jobs/bulk`, an array or one object a line.
///
/// Each item stands alone: 202 when all were accepted, 207 when some were, 422 (or 429, for full queues) when none was;
/// the rows say which. With an `Idempotency-Key`, a repeat gets the rows of the first call.
struct BulkRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration

    var routes: [APIRoute] {
        [
            .post("/jobs/bulk", .submitJobs) { request, context in try await submit(request, context.caller) }
                .needing(.submit)
        ]
    }

    /// - Parameter batch: the open batch that the jobs become members of.
    func submit(_ request: Request, _ caller: Caller, into batch: JobID? = nil) async throws -> Response {
        let bytes = try await request.bytes(
            upTo: configuration.maximumBulkBytes, within: configuration.bodyDeadline)
        let headers = RequestHeaders(request.headers)
        let key = try headers.requestKey(of: bytes)
        var bulk = try BulkJobs(
            bytes, headers: headers, bulkKey: key, configuration: configuration.serving(caller))
        guard bulk.count > 0 else { throw APIError(.badRequest, "No jobs in the body") }
        let share = HeldBytes.Share(
            bulk.jobs.count * MemoryLayout<NewJob>.stride, of: configuration.metrics.held,
            limit: configuration.heldBytes)
        defer { share.release() }
        guard share.fits else { throw APIError.noRoom }
        try await caller.charge(jobs: bulk.jobs.count)
        if let batch { bulk.join(batch) }
        let results = try await enqueue(bulk.jobs, bulkKey: key)
        let reply = BulkReply(bulk, results)
        var response = Response(status: reply.status, json: reply.json)
        if reply.status == .tooManyRequests { response.headers[.retryAfter] = "5" }
        if reply.isRepeated { response.headers[.idempotentReplayed] = "true" }
        return response
    }

    /// Gives the jobs to the store. The first that goes under the bulk's own key goes ahead of those after it: when the
    /// key stands for another request, nothing else of this one is accepted.
    private func enqueue(_ jobs: [NewJob], bulkKey: IdempotencyKey?) async throws(APIError) -> [Enqueued] {
        guard let bulkKey, let first = jobs.firstIndex(where: { $0.idempotency?.digest == bulkKey.digest }) else {
            return try await enqueue(jobs)
        }
        let head = try await enqueue(Array(jobs[...first]))
        if case .mismatched = head[first] { throw .mismatched }
        return head + (try await enqueue(Array(jobs[(first + 1)...])))
    }

    private func enqueue(_ jobs: [NewJob]) async throws(APIError) -> [Enqueued] {
        guard let first = jobs.first else { return [] }
        let results = try await accepted(jobs, isBatch: first.batch != nil)
        guard results.count == jobs.count else { throw APIError(StoreError(.unknown, ""), .submit) }
        return results
    }

    private func accepted(_ jobs: [NewJob], isBatch: Bool) async throws(APIError) -> [Enqueued] {
        do throws(StoreError) {
            return try await store.enqueue(jobs)
        } catch {
            // All else that a store refuses was looked at before.
            guard isBatch, error.code == .invalid else { throw APIError(error, .submit) }
            throw APIError(
                .conflict, "The batch is closed, or would have more than \(JobLimits.batchMembers) jobs")
        }
    }
}

extension RequestHeaders {
    /// The key of a request with many jobs, and the digest of its bytes. The store is given a digest of the key, so that
    /// what is appended for each job keeps within a key's length.
    func requestKey(of bytes: [UInt8]) throws(APIError) -> IdempotencyKey? {
        guard let idempotencyKey else { return nil }
        let key = IdempotencyKey(key: idempotencyKey, digest: ContentDigest.hex(bytes))
        var job = NewJob(type: JobDefaults.queue, payload: [])
        job.idempotency = key
        guard job.issues.isEmpty else { throw .invalid(job.issues, "Invalid Idempotency-Key") }
        return IdempotencyKey(key: "request:" + ContentDigest.hex(Array(idempotencyKey.utf8)), digest: key.digest)
    }
}
