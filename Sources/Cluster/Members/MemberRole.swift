/// What a process does in the cluster; the first part of its name.
public enum MemberRole: String, Sendable, Hashable, Codable, CaseIterable {
    /// Takes work in over HTTP.
    case api
    /// Runs jobs.
    case worker
    /// Watches the others and serves the console.
    case sysmon
    /// All of the above in one process.
    case roost
    /// An operator's interactive session.
    case shell
}
