import RoostJobs
import Synchronization

extension SQLiteStore {
    /// Rows one step looks at.
    private static let step = 5000

    /// Payloads kept apart whose job is gone. A payload's number never changes and is never given out again: one that
    /// was there when the check began and that no job names has none.
    func lookForBodies(
        repair: Bool, _ reader: SQLiteReader, _ findings: inout SQLiteFindings
    ) async throws(StoreError) {
        let newest = writer.committer.ledger.withLock { $0.figures.sequence }
        let named = try await bodiesOfJobs(reader)
        var last: Int64 = -1
        while true {
            let from = last
            let bodies = try await reader.read { connection throws(SQLiteFailure) in
                var bodies: [Int64] = []
                let scan = try connection.statement(.bodies)
                scan.bind(1, from)
                scan.bind(2, newest)
                scan.bind(3, Self.step)
                try scan.eachRow { row in bodies.append(row.integer(0)) }
                return bodies
            }
            let gone = bodies.filter { !named.contains($0) }
            if repair, !gone.isEmpty {
                try await writer.write(jobs: gone.count) { transaction throws(SQLiteFailure) in
                    for body in gone {
                        let delete = try transaction.connection.statement(.deleteBody)
                        delete.bind(1, body)
                        try delete.run()
                    }
                }
            }
            for body in gone { findings.add("orphan-payload", "\(body)", isRepaired: repair) }
            guard bodies.count == Self.step, let next = bodies.last else { return }
            last = next
        }
    }

    private func bodiesOfJobs(_ reader: SQLiteReader) async throws(StoreError) -> Set<Int64> {
        var named: Set<Int64> = []
        var last = ""
        while true {
            let from = last
            let (ids, bodies) = try await reader.read { connection throws(SQLiteFailure) in
                var ids: [String] = []
                var bodies: [Int64] = []
                let scan = try connection.statement(.bodiesOfJobs)
                scan.bind(1, from)
                scan.bind(2, Self.step)
                try scan.eachRow { row in
                    ids.append(row.text(0))
                    if !row.isNull(1) { bodies.append(row.integer(1)) }
                }
                return (ids, bodies)
            }
            named.formUnion(bodies)
            guard ids.count == Self.step, let next = ids.last else { return named }
            last = next
        }
    }
}
