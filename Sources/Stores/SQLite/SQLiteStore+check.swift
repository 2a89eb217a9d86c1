public import RoostJobs
import Synchronization

extension SQLiteStore {
    /// Rows one step looks at.
    private static let step = 1000

    /// Looks for damage and for bytes without a job with a connection of its own, recounts in short steps between
    /// commits. Throws `.unavailable` while another check runs.
    public func check(repair: Bool) async throws(StoreError) -> StoreReport {
        try closedCheck()
        let mayStart = isChecking.withLock { isChecking in
            defer { isChecking = true }
            return !isChecking
        }
        guard mayStart else { throw StoreError(.unavailable, "another check is under way") }
        defer { isChecking.withLock { $0 = false } }
        var configuration = configuration
        configuration.readTimeout = .seconds(3600)
        let file = SQLiteFile(path: path, configuration: configuration)
        let reader = try SQLiteReader(try file.openReader(), configuration: configuration)
        do throws(StoreError) {
            let report = try await check(repair: repair, reader)
            reader.close()
            await reader.ended()
            return report
        } catch {
            reader.close()
            await reader.ended()
            throw error
        }
    }

    private func check(repair: Bool, _ reader: SQLiteReader) async throws(StoreError) -> StoreReport {
        var findings = SQLiteFindings()
        let damage = try await reader.read { connection throws(SQLiteFailure) in
            var damage: [String] = []
            try connection.statement(.quickCheck).eachRow { row in damage.append(row.text(0)) }
            return damage
        }
        for text in damage where text != "ok" { findings.add("damage", text, isRepaired: false) }
        let jobs = try await recount(repair: repair, &findings)
        for orphans in SQLiteOrphans.all { try await look(for: orphans, repair: repair, reader, &findings) }
        try await lookForBodies(repair: repair, reader, &findings)
        try await lookForWishes(repair: repair, reader, &findings)
        try await lookForTerms(repair: repair, reader, &findings)
        return StoreReport(jobs: jobs, findings: findings.all)
    }

    private func recount(repair: Bool, _ findings: inout SQLiteFindings) async throws(StoreError) -> Int {
        try await writer.write { transaction throws(SQLiteFailure) in
            transaction.committer.recount.withLock { $0.begin() }
        }
        do throws(StoreError) {
            while true {
                let counted = try await writer.write(jobs: Self.step) { transaction throws(SQLiteFailure) in
                    try transaction.countNext(limit: Self.step, repair: repair)
                }
                findings.add(counted.findings)
                guard let jobs = counted.jobs else { continue }
                writer.committer.recount.withLock { $0.end() }
                return jobs
            }
        } catch {
            writer.committer.recount.withLock { $0.end() }
            throw error
        }
    }

    /// What is kept of jobs that are gone. The delete looks again.
    private func look(
        for orphans: SQLiteOrphans, repair: Bool, _ reader: SQLiteReader, _ findings: inout SQLiteFindings
    ) async throws(StoreError) {
        var last = ""
        while true {
            let from = last
            let (ids, gone) = try await reader.read { connection throws(SQLiteFailure) in
                var ids: [String] = []
                var gone: [String] = []
                let scan = try connection.statement(orphans.scan)
                scan.bind(1, from)
                scan.bind(2, Self.step)
                try scan.eachRow { row in
                    ids.append(row.text(0))
                    if row.integer(1) != 0 { gone.append(row.text(0)) }
                }
                return (ids, gone)
            }
            let confirmed = try await delete(gone, orphans.delete, repair: repair)
            for id in confirmed { findings.add(orphans.kind, "\(orphans.table) \(id)", isRepaired: repair) }
            guard ids.count == Self.step, let next = ids.last else { return }
            last = next
        }
    }

    private func delete(
        _ ids: [String], _ query: SQLiteQuery, repair: Bool
    ) async throws(StoreError) -> [String] {
        guard repair, !ids.isEmpty else { return ids }
        return try await writer.write(jobs: ids.count) { transaction throws(SQLiteFailure) in
            var deleted: [String] = []
            for id in ids {
                let delete = try transaction.connection.statement(query)
                delete.bind(1, id)
                try delete.run()
                if transaction.connection.changes > 0 { deleted.append(id) }
            }
            return deleted
        }
    }

    private func lookForWishes(
        repair: Bool, _ reader: SQLiteReader, _ findings: inout SQLiteFindings
    ) async throws(StoreError) {
        let gone = try await writer.write { transaction throws(SQLiteFailure) in
            var gone: [JobID] = []
            try transaction.connection.statement(.orphanWishes).eachRow { row throws(SQLiteFailure) in
                gone.append(try row.id(0))
            }
            if repair {
                for id in gone {
                    transaction.change.wishes[id] = .some(nil)
                    try transaction.run(.dropWish, id)
                }
            }
            return gone
        }
        for id in gone { findings.add("orphan-state", "wishes \(id)", isRepaired: repair) }
    }
}
