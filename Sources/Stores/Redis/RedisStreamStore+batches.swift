public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func openBatch(_ batch: NewBatch) async throws(StoreError) {
        try StoreRequest.check(batch)
        _ = try await evaluate(OpenBatchScript.script) { command in
            command.append(batch.id.description)
            command.append(batch.name ?? "")
            command.append(batch.onComplete?.id.description ?? "")
            command.append(batch.onSuccess?.id.description ?? "")
            for var follower in [batch.onComplete, batch.onSuccess].compactMap({ $0 }) {
                // The batch's id alone tells repeats.
                follower.idempotency = nil
                command.append(follower, follows: batch.id)
            }
        }
    }

    public func closeBatch(_ id: JobID) async throws(StoreError) -> BatchStatus? {
        status(id, try await evaluate(CloseBatchScript.script) { $0.append(id.description) })
    }

    public func batch(_ id: JobID) async throws(StoreError) -> BatchStatus? {
        status(id, try await evaluate(BatchScript.script) { $0.append(id.description) })
    }

    public func batchMembers(_ id: JobID, offset: Int, limit: Int) async throws(StoreError) -> [JobID] {
        let first = min(max(0, offset), JobLimits.batchMembers)
        var command = RedisCommand("LRANGE", keys.base + "bm:" + id.description)
        command.append(first)
        command.append(first + min(max(1, limit), 500) - 1)
        return (try await send(command).elements ?? []).compactMap { $0.text.flatMap { JobID($0) } }
    }

    /// A batch from its hash's fields; nil when there are none.
    private func status(_ id: JobID, _ reply: RedisValue) -> BatchStatus? {
        let elements = reply.elements ?? []
        var fields: [String: RedisValue] = [:]
        for index in stride(from: 0, to: elements.count - 1, by: 2) {
            if let name = elements[index].text { fields[name] = elements[index + 1] }
        }
        func number(_ field: String) -> Int { Int(clamping: fields[field]?.int ?? 0) }
        func job(_ field: String) -> JobID? { fields[field]?.text.flatMap { JobID($0) } }
        guard let opened = fields["opened"]?.int else { return nil }
        var status = BatchStatus(
            NewBatch(id: id, name: fields["name"]?.text), openedAt: Timestamp(microseconds: opened))
        status.isOpen = number("open") == 1
        status.total = number("total")
        status.done = number("d")
        status.failed = number("f")
        status.cancelled = number("c")
        status.finishedAt = (fields["fin"]?.int).map { Timestamp(microseconds: $0) }
        status.onComplete = job("complete")
        status.onSuccess = job("success")
        return status
    }
}
