import RoostCluster

/// What a process does.
enum Role: Hashable, Sendable, CaseIterable {
    /// Takes work in and gives results out over HTTP.
    case api
    /// Runs jobs.
    case node
    /// Shows what is going on.
    case sysmon

    var member: MemberRole {
        switch self {
        case .api: .api
        case .node: .worker
        case .sysmon: .sysmon
        }
    }
}
