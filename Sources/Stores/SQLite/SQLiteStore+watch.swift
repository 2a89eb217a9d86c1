public import RoostJobs

extension SQLiteStore {
    /// Hears of every change: whoever serves a file is in its process.
    public func changes(of id: JobID) -> AsyncStream<Void> { writer.committer.watchers.stream(of: id) }

    /// See `JobWatch`.
    public func keepEnds(_ isOn: Bool) async throws(StoreError) {
        try closedCheck()
        try await writer.write { transaction throws(SQLiteFailure) in try transaction.keepEnds(isOn) }
    }

    /// See `JobWatch`.
    public func ends(limit: Int, wait: Duration) async throws(StoreError) -> [JobEnd] {
        let deadline = ContinuousClock.now + min(max(.zero, wait), .seconds(3600))
        let limit = min(max(1, limit), JobLimits.batch)
        while true {
            try closedCheck()
            let generation = writer.committer.endsAdded.generation
            if Task.isCancelled { return [] }
            let ends = try await reader.read { connection throws(SQLiteFailure) in
                let fed = try connection.statement(.fed)
                fed.bind(1, limit)
                var ends: [JobEnd] = []
                try fed.eachRow { row throws(SQLiteFailure) in
                    ends.append(
                        JobEnd(position: String(row.integer(0)), id: try row.id(1), state: try row.state(2)))
                }
                return ends
            }
            let left = deadline - .now
            if !ends.isEmpty || left <= .zero { return ends }
            await writer.committer.endsAdded.wait(after: generation, upTo: left)
        }
    }

    /// See `JobWatch`.
    public func forgetEnds(through position: String) async throws(StoreError) {
        try closedCheck()
        guard let number = Int64(position) else { return }
        try await writer.write { transaction throws(SQLiteFailure) in try transaction.forgetEnds(through: number) }
    }
}
