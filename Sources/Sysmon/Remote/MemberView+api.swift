import RoostJobs

extension MemberView {
    /// A member as `/nodes` lists it; nil when it is none, or in a state that a newer version has.
    init?(api json: JSONObject) {
        guard let name = json.text("name"), let state = json.text("state").flatMap({ NodeState(rawValue: $0) })
        else { return nil }
        let role = json.text("role") ?? "?"
        let roles = json.list("roles").compactMap(\.string)
        self.init(
            name: name, role: role, roles: roles.isEmpty ? nil : roles,
            incarnation: json.text("incarnation").flatMap { UInt64($0) } ?? 0, state: state,
            stateAge: json.span("state_age"), heartbeatAge: json.span("heartbeat_age"))
        (slots, busy) = (json.count("slots") ?? 0, json.count("busy") ?? 0)
        (processed, failed) = (json.count("processed") ?? 0, json.count("failed") ?? 0)
        peers = json.count("peers")
        link = json.text("link").flatMap { NodeLink(rawValue: $0) }
        roundTrip = json.span("round_trip_ms").map { $0 / 1000 }
        started = json.moment("started_at")
        version = json.text("version") ?? ""
        (http, console) = (json.text("http"), json.text("console"))
        memory = json.count("memory_bytes")
        duties = json.rows("duties").map { duty in
            .init(
                name: duty.text("name") ?? "?", state: duty.text("state") ?? "?", restarts: duty.count("restarts") ?? 0)
        }
    }
}
