import RoostJobs

extension SQLiteTransaction {
    /// Whether a queue's jobs are put into the search index.
    func isSearchable(_ queue: String) -> Bool { settings(queue)?.isSearchable ?? true }

    /// Puts a job into the index.
    func addTerms(_ terms: [String], _ id: JobID) throws(SQLiteFailure) {
        for term in terms { try run(.addTerm, term, id) }
    }

    /// Takes a job out of the index. Its rare fields must still be there.
    func dropTerms(of id: JobID) throws(SQLiteFailure) {
        for term in try connection.extras(of: id).searchTerms { try run(.dropTerm, term, id) }
    }

    /// Takes words out whose job is gone, or is not in the index; returns which.
    func dropDangling(_ terms: [SQLiteTerm]) throws(SQLiteFailure) -> [SQLiteTerm] {
        var dropped: [SQLiteTerm] = []
        for term in terms {
            let drop = try connection.statement(.dropDanglingTerm)
            drop.bind(1, term.text)
            drop.bind(2, term.job)
            try drop.run()
            if connection.changes > 0 { dropped.append(term) }
        }
        return dropped
    }

    private func run(_ query: SQLiteQuery, _ term: String, _ id: JobID) throws(SQLiteFailure) {
        let statement = try connection.statement(query)
        statement.bind(1, term)
        statement.bind(2, id)
        try statement.run()
    }
}

extension JobExtras {
    /// Every word the job is found by, each once.
    var searchTerms: [String] { SearchTerm.words(tags: tags, terms: terms) }
}

/// A row of the search index.
struct SQLiteTerm: Sendable {
    let text: String
    /// The job's id.
    let job: String
}
