public import RoostCluster
import RoostJobs

extension ClusterView {
    /// What the membership believes. `peers` says how many members each one is connected to, for those of which that
    /// is known.
    public init(_ membership: MembershipSnapshot, peers: [MemberName: Int] = [:]) {
        var degradedFor: Duration?
        if case .degraded(let since) = membership.registry { degradedFor = membership.taken - since }
        self.init(
            members: membership.members.map { entry in
                MemberView(entry, at: membership.taken, peers: peers[entry.member.name])
            },
            registryDegradedFor: degradedFor)
    }
}

extension MemberView {
    /// One member of a membership's snapshot, taken at that instant.
    public init(_ entry: MembershipSnapshot.Entry, at taken: ContinuousClock.Instant, peers: Int?) {
        let member = entry.member
        let report = entry.report
        self.init(
            name: member.name.description, role: member.role.rawValue, roles: member.roles.map(\.rawValue),
            incarnation: member.incarnation, heartbeatAge: entry.heartbeatAge)
        switch entry.state {
        case .up: state = report.draining ? .draining : .up
        case .lost(let since): (state, stateAge) = (.lost, taken - since)
        case .left(let since): (state, stateAge) = (.left, taken - since)
        }
        (slots, busy) = (report.slots, report.busy)
        (processed, failed) = (report.processed, report.failed)
        self.peers = peers ?? entry.connections
        link = NodeLink(entry.link)
        roundTrip = entry.roundTrip
        started = Timestamp(microseconds: member.startedMicroseconds)
        version = member.version
        (http, console) = (report.httpAddress, report.consoleAddress)
        memory = report.rssBytes > 0 ? report.rssBytes : nil
        duties = report.duties.map { .init(name: $0.name, state: $0.state, restarts: $0.restarts) }
    }
}

extension NodeLink {
    /// Nil when no mesh says anything of the member.
    public init?(_ link: MemberLink) {
        switch link {
        case .unknown: return nil
        case .connected: self = .connected
        case .unreached: self = .unreached
        case .suspect: self = .suspect
        case .indirect: self = .indirect
        case .down(_, let proof): self = proof.isConclusive ? .dead : .down
        }
    }
}
