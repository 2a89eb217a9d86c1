import RoostJobs

/// A webhook's replies as lines for a person.
enum WebhookText {
    /// One line: id, whether it is on, address, events.
    static func row(_ webhook: JSONObject) -> String {
        [
            JobText.field(webhook, "id"), JobText.pad(state(webhook), 8), JobText.field(webhook, "url"),
            list(webhook, "events"),
        ].joined(separator: "  ")
    }

    /// One attempt of a delivery: when, delivery, event, job, attempt, what became of it.
    static func attempt(_ row: JSONObject) -> String {
        let status = JobText.field(row, "status")
        let error = JobText.field(row, "error")
        return [
            JobText.field(row, "at"), JobText.field(row, "delivery"), JobText.pad(JobText.field(row, "event"), 13),
            JobText.pad(JobText.field(row, "job"), 26), "#\(JobText.field(row, "attempt"))",
            "\(JobText.field(row, "duration")) s", error == "-" ? status : error,
        ].joined(separator: "  ")
    }

    /// Prints one whole.
    static func show(_ reply: APIClient.Reply, _ client: ClientOptions) {
        guard !client.json, let webhook = reply.object else { return Console.print(reply.body) }
        Console.print(JobText.lines(webhook))
    }

    private static func state(_ webhook: JSONObject) -> String {
        if webhook["enabled"]?.bool == false { return "off" }
        return JobText.field(webhook, "failing_since") == "-" ? "on" : "failing"
    }

    private static func list(_ webhook: JSONObject, _ key: String) -> String {
        let elements = webhook[key].flatMap { try? JSONScanner.parseArray($0.bytes) } ?? []
        return elements.compactMap(\.string).joined(separator: ",")
    }
}
