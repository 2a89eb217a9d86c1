import RoostJobs

/// Replays dead letters over HTTP, a thousand a call.
struct BulkReplay: Sendable {
    let api: APIClient
    let type: String?
    let queue: String?
    let ids: [String]

    struct Result: Sendable {
        var matched = 0
        var replayed = 0
        var hasMore = false
    }

    private static let step = 1000

    /// Replays at most `limit`. As many as there are at the beginning: what fails again meanwhile is not taken again.
    func run(limit: Int) async throws(Failure) -> Result {
        guard ids.isEmpty else { return try await call(limit: limit, isDryRun: false) }
        var result = try await count(limit: limit)
        var left = result.matched
        result.matched = 0
        while left > 0 {
            let step = try await call(limit: min(left, Self.step), isDryRun: false)
            result.matched += step.matched
            result.replayed += step.replayed
            left -= step.matched
            if step.matched == 0 || !step.hasMore { break }
        }
        return result
    }

    /// Only counts, up to `limit`.
    func count(limit: Int) async throws(Failure) -> Result { try await call(limit: limit, isDryRun: true) }

    private func call(limit: Int, isDryRun: Bool) async throws(Failure) -> Result {
        var body = JSONMembers()
        body.add("type", type)
        body.add("queue", queue)
        body.add("ids", ids)
        body.add("limit", limit)
        body.add("dry_run", isDryRun)
        let reply = try await api.post("/dead/replay", body.bytes).checked()
        guard let object = reply.object, let matched = object["matched"]?.int, let replayed = object["replayed"]?.int
        else { throw Failure(.software, "unexpected reply") }
        return Result(matched: matched, replayed: replayed, hasMore: object["more"]?.bool ?? false)
    }
}
