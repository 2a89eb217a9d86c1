import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// Groups of jobs: chains, graphs of dependencies, and jobs that follow a whole group.
struct BatchRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration

    var routes: [APIRoute] {
        [
            .post("/batches", .submitBatch) { request, context in try await submit(request, context.caller) }
                .needing(.submit),
            .get("/batches/:id", .getBatch) { _, context in try await show(context) }.needing(.submit),
            .get("/batches/:id/jobs", .listBatchJobs) { request, context in try await jobs(request, context) },
            .post("/batches/:id/jobs", .addBatchJobs) { request, context in try await add(request, context) }
                .needing(.submit),
            .post("/batches/:id/close", .closeBatch) { _, context in try await close(context) }.needing(.submit),
            .post("/batches/:id/cancel", .cancelBatch) { request, context in try await cancel(request, context) },
        ]
    }

    private func submit(_ request: Request, _ caller: Caller) async throws -> Response {
        let bytes = try await request.bytes(
            upTo: configuration.maximumBulkBytes, within: configuration.bodyDeadline)
        // A member stands two levels deeper than a job that comes alone.
        let object = try JSONObject.parse(body: bytes, depth: JobLimits.depth + 3)
        let envelope = BatchEnvelope(object, configuration: configuration.serving(caller))
        guard envelope.issues.isEmpty else { throw APIError.invalid(envelope.issues, BatchPlan.invalid) }
        var headers = RequestHeaders(request.headers)
        if let key = envelope.idempotencyKey { headers = try headers.with(key: key) }
        let key = try headers.requestKey(of: bytes)
        var batch = NewBatch(
            name: envelope.name, onComplete: envelope.onComplete?.job, onSuccess: envelope.onSuccess?.job)
        if let key { batch.id = BatchIDs.batch(key) }
        let plan = try BatchPlan(envelope, trace: headers.trace, limit: configuration.maximumIssues)
        try await caller.charge(jobs: plan.count + [batch.onComplete, batch.onSuccess].count { $0 != nil })
        let accepted = try await BatchSubmission(
            store: store, plan: plan, batch: batch, key: key, staysOpen: envelope.staysOpen
        ).run()
        var json = JSONWriter(capacity: 64 * plan.count + 256)
        json.write(accepted, keys: plan.keys)
        return .accepted(json, location: "/batches/\(batch.id)", isRepeated: accepted.isRepeated)
    }

    private func show(_ context: APIRequestContext) async throws -> Response {
        let batch = try await batch(context)
        var json = JSONWriter()
        json.write(batch)
        var response = Response(json: json)
        response.headers[.cacheControl] = "no-cache"
        if batch.isOpen || batch.pending > 0 { response.headers[.retryAfter] = "1" }
        return response
    }

    /// The members in their order; of one whose time is over only the id is left.
    private func jobs(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        let batch = try await batch(context)
        let page = try PageQuery(request.uri, path: "/batches/\(batch.id)/jobs")
        let ids = try await store.batchMembers(batch.id, offset: page.offset, limit: page.perPage)
        let jobs = try await store.jobs(ids)
        var json = JSONWriter(capacity: 512 * ids.count + 2)
        json.array { json in
            for id in ids {
                if let job = jobs[id] {
                    json.write(job)
                } else {
                    json.object { json in
                        json.field("id", id.description)
                        json.field("status", nil as String?)
                    }
                }
            }
        }
        var response = Response(json: json)
        response.headers[.totalCount] = String(batch.total)
        response.headers[.link] = page.links(count: ids.count, total: batch.total)
        return response
    }

    func batch(_ context: APIRequestContext) async throws -> BatchStatus {
        // In two steps: the optimizer of Swift 6.3 crashes on one guard that also awaits.
        let missing = APIError(.notFound, "Batch not found")
        guard let id = context.parameters.jobID else { throw missing }
        guard let batch = try await store.batch(id) else { throw missing }
        return batch
    }
}

extension JobStore {
    /// A page of jobs by id, all asked for at once.
    fileprivate func jobs(_ ids: [JobID]) async throws -> [JobID: JobRecord] {
        try await withThrowingTaskGroup(of: JobRecord?.self) { group in
            for id in ids { group.addTask { try await self.job(id) } }
            return try await group.reduce(into: [:]) { jobs, job in if let job { jobs[job.id] = job } }
        }
    }
}
