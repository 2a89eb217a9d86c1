import RoostJobs

/// A job as it comes over the wire: every member is read and everything that is wrong is collected.
struct JobEnvelope {
    /// The job, as far as it could be read.
    var job: NewJob
    /// What the payload is; nil when there is none or it is null.
    private(set) var payloadKind: JSONKind?
    /// `run_at` as it was written.
    var runAt: String?
    /// Its name in a batch.
    var key: String?
    /// What it waits for: ids, or in a batch also the names of other members.
    var dependsOn: [String] = []
    var reader: FieldReader

    // What is put together at the end.
    var type: String?
    var delay: Duration?
    var moment: Timestamp?
    var idempotencyKey: String?
    var isUniqueByContent = false
    /// Fields of the payload to find it by.
    var searchable: [String] = []

    /// What is wrong, the store's limits included.
    var issues: [NewJob.Issue] { reader.issues }

    /// Keys with this prefix belong to `POST /api/v1/work`.
    static let reservedKeys = "work:"
    /// Types and queues with this prefix are Roost's own.
    static let reservedNames = "roost."

    /// Reads a job.
    ///
    /// - Parameters:
    ///   - object: its members.
    ///   - place: where it stands, which decides what it may have.
    ///   - path: what stands before the path of each issue.
    ///   - configuration: the defaults and limits.
    init(
        _ object: JSONObject, place: JobPlace = .request, path: String = "", configuration: APIConfiguration
    ) {
        reader = FieldReader(prefix: path, limit: configuration.maximumIssues)
        job = NewJob(
            type: "default", payload: [], maxAttempts: configuration.maxAttempts, resultTTL: configuration.resultTTL)
        var payload: JSONSlice?
        for index in 0..<object.count {
            let (key, value) = object[at: index]
            if value.kind == .null { continue }
            if key == "payload" {
                payload = value
            } else if !place.takes(key) || !read(key, value) {
                reader.add(key, "is not a field of \(place.title)")
            }
        }
        if let payload {
            payloadKind = payload.kind
            job.payload = payload.bytes
            if payload.kind != .object { reader.add("payload", "must be an object") }
        } else if place == .periodic || place == .follower {
            job.payload = Array("{}".utf8)
        }
        job.type = type ?? Self.task(of: payload) ?? "default"
        if place != .member { readParents() }
        settle(tenant: configuration.tenant)
        settle(mayReplace: configuration.mayReplace)
        finish()
    }

    /// What depends on several members, and the limits of the store.
    private mutating func finish() {
        if moment != nil, delay != nil { reader.add("delay", "cannot be given together with run_at") }
        if let moment { job.start = .at(moment) } else if let delay { job.start = .after(delay) }
        if isUniqueByContent {
            let key = contentKey
            job.unique?.key = key
        }
        job.makeSearchable(searchable)
        checkName("type", job.type)
        checkName("queue", job.queue)
        reader.add(job.issues)
    }

    private mutating func checkName(_ path: String, _ name: String) {
        guard name.utf8.starts(with: Self.reservedNames.utf8) else { return }
        reader.add(path, "must not start with \(Self.reservedNames)")
    }

    /// The ids of the jobs it waits for.
    private mutating func readParents() {
        for (index, text) in dependsOn.enumerated() {
            if let id = JobID(text) {
                job.parents.append(id)
            } else {
                reader.add("depends_on[\(index)]", "is no job id")
            }
        }
    }

    /// What stands for the type where none is given: the payload's `task`.
    private static func task(of payload: JSONSlice?) -> String? {
        guard let task = payload?.object?["task"]?.string, JobName.isValid(task) else { return nil }
        return task
    }
}
