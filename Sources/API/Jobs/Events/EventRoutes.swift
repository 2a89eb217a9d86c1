import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// Follow a job live.
struct EventRoutes: Sendable {
    let follower: JobFollower

    var routes: [APIRoute] {
        [
            .get("/jobs/:id/events", .followJob) { request, context in try await events(request, context) }
                .needing(.submit)
        ]
    }

    private func events(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        guard let id = context.parameters.jobID, let job = try await follower.store.job(id) else {
            throw APIError.jobNotFound
        }
        // What is no id of ours is of a client that has nothing.
        let cursor = request.headers[.lastEventID].flatMap { JobEventCursor($0) } ?? JobEventCursor()
        // Browsers come back when a stream ends, unless they are told that there is nothing more.
        if cursor.isComplete(job) { return Response(status: .noContent) }
        let configuration = follower.configuration
        guard let place = configuration.metrics.streams.enter(limit: configuration.maximumStreams) else {
            throw APIError.tooManyStreams
        }
        let stream = JobEventStream(id: id, follower: follower, client: context.wait())
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no",
        ]
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                // A reply whose body is never written gives its place back too.
                defer { place.leave() }
                try await stream.write(from: cursor, to: &writer)
                try await writer.finish(nil)
            })
    }
}
