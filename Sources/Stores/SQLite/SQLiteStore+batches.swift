public import RoostJobs

extension SQLiteStore {
    /// See `BatchStore`.
    public func openBatch(_ batch: NewBatch) async throws(StoreError) {
        try closedCheck()
        try StoreRequest.check(batch)
        try await writer.write { transaction throws(SQLiteFailure) in try transaction.open(batch) }
    }

    /// See `BatchStore`.
    public func closeBatch(_ id: JobID) async throws(StoreError) -> BatchStatus? {
        try closedCheck()
        return try await writer.write { transaction throws(SQLiteFailure) in try transaction.close(id) }
    }

    /// See `BatchStore`.
    public func batch(_ id: JobID) async throws(StoreError) -> BatchStatus? {
        let now = now()
        return try await reader.read { connection throws(SQLiteFailure) in
            try connection.batch(id).flatMap { $0.expiresAt > now ? $0.status : nil }
        }
    }

    /// See `BatchStore`.
    public func batchMembers(_ id: JobID, offset: Int, limit: Int) async throws(StoreError) -> [JobID] {
        try await reader.read { connection throws(SQLiteFailure) in
            var members: [JobID] = []
            let query = try connection.statement(.members)
            query.bind(1, id)
            query.bind(2, max(0, offset))
            query.bind(3, min(max(1, limit), 500))
            try query.eachRow { row throws(SQLiteFailure) in members.append(try row.id(0)) }
            return members
        }
    }
}
