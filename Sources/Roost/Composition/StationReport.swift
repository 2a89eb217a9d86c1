import RoostCluster
import RoostNode
import RoostSupervision
import Synchronization

/// What this process says of itself with each heartbeat, gathered from whoever knows.
final class StationReport: Sendable {
    private struct Facts {
        var node: NodeService?
        var courier: NodeService?
        var http: String?
        var console: String?
        var duties: (@Sendable () -> [DutyStatus])?
    }

    private let facts = Mutex(Facts())

    /// The node whose load is told.
    func setNode(_ node: NodeService) { facts.withLock { $0.node = node } }

    /// The same.
    var node: NodeService? { facts.withLock { $0.node } }

    /// The node that tells webhooks where no other runs: its slots are not for jobs of others, but what it held is taken
    /// back when this process dies.
    func setCourier(_ courier: NodeService) { facts.withLock { $0.courier = courier } }

    /// Where the API answers.
    func setHTTP(_ address: String) { facts.withLock { $0.http = address } }

    /// Where the console answers.
    func setConsole(_ address: String) { facts.withLock { $0.console = address } }

    /// The loops that are not the node's.
    func setDuties(_ duties: @escaping @Sendable () -> [DutyStatus]) { facts.withLock { $0.duties = duties } }

    /// The report of this moment. Called on an event loop: takes no time.
    var now: MemberReport {
        let facts = facts.withLock { $0 }
        var report = MemberReport(httpAddress: facts.http, consoleAddress: facts.console)
        var duties = facts.duties?() ?? []
        if let status = facts.node?.status {
            report.slots = status.slots
            report.busy = status.busy
            report.processed = status.counters.processed
            report.failed = status.counters.failed
            report.draining = status.isDraining
            report.worker = facts.node?.configuration.worker
            duties += status.duties
        }
        if let courier = facts.courier {
            report.worker = courier.configuration.worker
            duties += courier.status.duties
        }
        report.duties = duties.map { DutyReport(name: $0.name, restarts: $0.restarts, state: $0.state.rawValue) }
        report.rssBytes = ProcessMemory.resident()
        return report
    }
}
