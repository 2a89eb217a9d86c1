import RoostJobs

extension SQLiteStore {
    /// Looks for words of the index whose job is gone, or does not know of the index.
    func lookForTerms(
        repair: Bool, _ reader: SQLiteReader, _ findings: inout SQLiteFindings
    ) async throws(StoreError) {
        let step = 1000
        var last = SQLiteTerm(text: "", job: "")
        while true {
            let from = last
            let (rows, dangling) = try await reader.read { connection throws(SQLiteFailure) in
                var rows: [SQLiteTerm] = []
                var dangling: [SQLiteTerm] = []
                let scan = try connection.statement(.scanTerms)
                scan.bind(1, from.text)
                scan.bind(2, from.job)
                scan.bind(3, step)
                try scan.eachRow { row in
                    let term = SQLiteTerm(text: row.text(0), job: row.text(1))
                    rows.append(term)
                    if row.integer(2) != 0 { dangling.append(term) }
                }
                return (rows, dangling)
            }
            var found = dangling
            if repair, !dangling.isEmpty {
                found = try await writer.write(jobs: dangling.count) { transaction throws(SQLiteFailure) in
                    try transaction.dropDangling(dangling)
                }
            }
            for term in found { findings.add("dangling-index", "\(term.text) \(term.job)", isRepaired: repair) }
            guard rows.count == step, let next = rows.last else { return }
            last = next
        }
    }
}
