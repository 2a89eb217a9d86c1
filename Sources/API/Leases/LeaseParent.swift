import RoostJobs

/// What a worker is told of a job that its job waited for.
struct LeaseParent: Sendable {
    let id: JobID
    let type: String
    let state: JobState
    /// What it made, or nil when it made nothing or the reply has no room for it.
    let result: [UInt8]?
    /// Whether the reply has no room for it.
    let isLeftOut: Bool

    /// A parent; its result if that has at most so many bytes, which are taken off.
    init(_ job: JobRecord, room: inout Int) {
        id = job.id
        type = job.type
        state = job.state
        let bytes = job.result?.count ?? 0
        isLeftOut = bytes > room
        result = isLeftOut ? nil : job.result
        if !isLeftOut { room -= bytes }
    }
}

extension LeaseClaimer {
    /// What the claimed jobs waited for, as far as it is kept, in the order they named it.
    ///
    /// The first results come whatever else there is, as many as `LeaseLimits.replyBytes` allows beside the payloads.
    func parents(of claims: [Claim]) async throws -> [JobID: [LeaseParent]] {
        var room = max(0, LeaseLimits.replyBytes - claims.reduce(0) { $0 + $1.job.payload.count })
        var parents: [JobID: [LeaseParent]] = [:]
        for claim in claims where claim.job.hasParents {
            for job in try await store.parents(of: claim.job.id) {
                parents[claim.job.id, default: []].append(LeaseParent(job, room: &room))
            }
        }
        return parents
    }
}

extension JSONWriter {
    mutating func write(_ parent: LeaseParent) {
        object { json in
            json.field("id", parent.id.description)
            json.field("type", parent.type)
            json.field("status", parent.state.rawValue)
            json.field("result", json: parent.result)
            if parent.isLeftOut { json.field("result_left_out", true) }
        }
    }
}
