import RoostJobs

/// A periodic job's reply as lines for a person.
enum CronText {
    /// One line: name, schedule, time zone, type, next slot.
    static func row(_ cron: JSONObject) -> String {
        let paused = cron["paused"]?.bool ?? false
        return [
            JobText.pad(JobText.field(cron, "name"), 20), JobText.pad(JobText.field(cron, "schedule"), 16),
            JobText.pad(JobText.field(cron, "time_zone"), 14),
            JobText.pad(cron["job"]?.object.map { JobText.field($0, "type") } ?? "-", 16),
            paused ? "paused" : JobText.field(cron, "next_run"),
        ].joined(separator: "  ")
    }

    /// Prints one, with its coming slots.
    static func show(_ reply: APIClient.Reply, _ client: ClientOptions) {
        guard !client.json, let cron = reply.object else { return Console.print(reply.body) }
        Console.print(JobText.lines(cron))
    }
}
