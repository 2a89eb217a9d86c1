/// Where a job stands in a request: not every place has a use for every field.
enum JobPlace: Sendable {
    /// By itself, or an item of a bulk.
    case request
    /// In a batch.
    case member
    /// After a batch.
    case follower
    /// In a periodic job.
    case periodic

    /// What the place is called in a refusal.
    var title: String {
        switch self {
        case .request: "a job"
        case .member: "a job in a batch"
        case .follower: "a job that follows a batch"
        case .periodic: "a periodic job's job"
        }
    }

    /// Whether a field means something here.
    func takes(_ field: String) -> Bool {
        switch self {
        case .request: field != "key"
        // A batch is known by one key as a whole, and its jobs name each other: none of them may be another job.
        case .member: !["unique", "idempotency_key"].contains(field)
        case .follower:
            !["key", "run_at", "delay", "depends_on", "depends_rule", "unique", "idempotency_key"].contains(field)
        // A moment is over by the second slot.
        case .periodic:
            ![
                "key", "run_at", "delay", "depends_on", "depends_rule", "idempotency_key", "start_by", "deadline",
            ].contains(field)
        }
    }
}
