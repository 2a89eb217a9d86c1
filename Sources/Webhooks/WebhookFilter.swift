import RoostJobs

/// Which ends a webhook is told of. An empty list does not narrow; what is listed must match in each list that is not
/// empty, and one tag of several is enough.
public struct WebhookFilter: Sendable, Equatable {
    /// How jobs must end.
    public var events: Set<WebhookEvent>
    /// Types of jobs.
    public var types: [String]
    /// Queues.
    public var queues: [String]
    /// Tags, of which a job must have one.
    public var tags: [String]

    /// How many types, queues or tags it lists at most.
    public static let mostNames = 40

    /// A filter; without arguments every end passes.
    public init(
        events: Set<WebhookEvent> = Set(WebhookEvent.allCases), types: [String] = [], queues: [String] = [],
        tags: [String] = []
    ) {
        self.events = events
        self.types = types
        self.queues = queues
        self.tags = tags
    }

    /// Whether it needs to know more of a job than how it ended.
    var isAboutJobs: Bool { !types.isEmpty || !queues.isEmpty || !tags.isEmpty }

    /// Whether an end passes. `job` is nil when its record is gone already: then only a filter passes that asks for
    /// nothing the record would say.
    func passes(_ event: WebhookEvent, _ job: JobRecord?) -> Bool {
        guard events.contains(event) else { return false }
        guard let job else { return !isAboutJobs }
        return (types.isEmpty || types.contains(job.type)) && (queues.isEmpty || queues.contains(job.queue))
            && (tags.isEmpty || job.tags.contains(where: tags.contains))
    }
}
