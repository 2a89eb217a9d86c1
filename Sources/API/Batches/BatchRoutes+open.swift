import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// A batch that is filled bit by bit, and one that is called off.
extension BatchRoutes {
    /// Adds members, an array or one a line, to a batch that is open.
    func add(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        let batch = try await batch(context)
        guard batch.isOpen else { throw APIError(.conflict, "The batch is closed") }
        return try await BulkRoutes(store: store, configuration: configuration)
            .submit(request, context.caller, into: batch.id)
    }

    /// No more members; may be repeated.
    func close(_ context: APIRequestContext) async throws -> Response {
        let open = try await batch(context)
        let closed = try await told(.change) { () throws(StoreError) in try await store.closeBatch(open.id) }
        guard let closed else { throw APIError(.notFound, "Batch not found") }
        var json = JSONWriter()
        json.write(closed)
        return Response(json: json)
    }

    /// Calls off what has not ended. 202 when jobs run: their workers are told.
    func cancel(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        let reason = try await CancelReason(request, configuration).text
        let batch = try await batch(context)
        let isOver = !batch.isOpen && batch.pending == 0
        if isOver, batch.word != JobState.cancelled.rawValue {
            throw APIError(.conflict, "The batch is \(batch.word)")
        }
        let cancel = BatchCancel(store: store, batch: batch, reason: reason)
        let done = try await told(.change) { () throws(StoreError) in try await cancel.run() }
        var json = JSONWriter(capacity: 128)
        json.object { json in
            json.field("id", batch.id.description)
            json.field("cancelled", done.cancelled)
            json.field("cancel_requested", done.requested)
            json.field("ended", done.ended)
        }
        return Response(status: done.requested > 0 ? .accepted : .ok, json: json)
    }
}
