/// How one supervised loop of a member does.
public struct DutyReport: Sendable, Hashable, Codable {
    /// The duty's name: printable ASCII, 1 to 64 bytes.
    public var name: String
    /// How often it was restarted since the process started.
    public var restarts: Int
    /// Its state in a word, such as `running` or `restarting`: printable ASCII, at most 32 bytes.
    public var state: String

    /// Joins the parts.
    public init(name: String, restarts: Int, state: String) {
        self.name = name
        self.restarts = restarts
        self.state = state
    }

    var isValid: Bool {
        PlainText.isLine(name, limit: 64) && !name.isEmpty && restarts >= 0 && PlainText.isLine(state, limit: 32)
    }
}
