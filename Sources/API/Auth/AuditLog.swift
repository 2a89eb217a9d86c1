import Logging
import RoostJobs

/// The newest changes that people made, in the store.
struct AuditLog: Sendable {
    let store: any DocumentStore
    /// Which node writes.
    let member: String

    static let name = "audit"
    static let kept = 10_000

    /// Writes an entry. What it tells of has happened: a store that does not take it makes it a line of the node's log.
    func add(_ entry: AuditEntry, logger: Logger) async {
        let body = entry.body(member: member)
        do throws(StoreError) { try await store.append(body, to: Self.name, keeping: Self.kept) } catch {
            logger.warning(
                "The audit log could not be written", metadata: ["entry": "\(String(decoding: body, as: UTF8.self))"])
        }
    }
}
