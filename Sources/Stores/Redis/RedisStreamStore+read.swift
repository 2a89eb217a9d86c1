public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func job(_ id: JobID) async throws(StoreError) -> JobRecord? { try await read([id.description]).first }

    public func job(uniqueKey: String) async throws(StoreError) -> JobRecord? {
        // The id, and after a space until when the key is kept.
        guard let text = try await send(RedisCommand("GET", keys.unique(uniqueKey))).text,
            let id = text.split(separator: " ").first
        else { return nil }
        return try await read([String(id)]).first
    }

    public func counts() async throws(StoreError) -> StoreCounts {
        async let now = send(RedisCommand("HGETALL", keys.counts))
        async let ever = send(RedisCommand("HGETALL", keys.totals))
        var counts = StoreCounts()
        do {
            for (field, value) in pairs(try await now) {
                let parts = field.split(separator: " ")
                guard parts.count == 2, let state = JobState(letter: parts[1]) else { continue }
                counts.queues[String(parts[0]), default: [:]][state] = value
            }
            let totals = Dictionary(pairs(try await ever), uniquingKeysWith: { first, _ in first })
            counts.totals.enqueued = totals["enqueued"] ?? 0
            counts.totals.started = totals["started"] ?? 0
            counts.totals.done = totals["done"] ?? 0
            counts.totals.retried = totals["retried"] ?? 0
            counts.totals.failed = totals["failed"] ?? 0
            counts.totals.reclaimed = totals["reclaimed"] ?? 0
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.closed, "cancelled")
        }
        return counts
    }

    private func pairs(_ reply: RedisValue) -> [(String, Int)] {
        let elements = reply.elements ?? []
        return stride(from: 0, to: elements.count - 1, by: 2).compactMap { index in
            guard let name = elements[index].text, let value = elements[index + 1].int else { return nil }
            return (name, Int(clamping: value))
        }
    }

    /// The records that are there, in the order of the ids.
    func read(_ ids: [String], passesOver: StoreLink.PassesOver = .nothing) async throws(StoreError) -> [JobRecord] {
        try checkOpen()
        return try await link.read(ids, passesOver: passesOver)
    }
}

extension StoreLink {
    /// What is left out of a reply.
    enum PassesOver {
        case nothing
        /// Records of an unknown format: for lists, which have other jobs to show.
        case unreadable
    }

    /// The records that are there, in the order of the ids.
    func read(_ ids: [String], passesOver: PassesOver = .nothing) async throws(StoreError) -> [JobRecord] {
        guard !ids.isEmpty else { return [] }
        let reply = try await evaluate(ReadScript.script) { command in for id in ids { command.append(id) } }
        var records: [JobRecord] = []
        for element in reply.elements ?? [] {
            if let parts = element.elements, parts.count == 5, let id = parts[0].text.flatMap({ JobID($0) }),
                let blob = parts[1].bytes, let state = parts[2].bytes,
                let record = RedisRecord.parse(
                    id: id, blob: blob, state: state, result: parts[3].bytes, error: parts[4].text)
            {
                records.append(record)
            } else if passesOver == .nothing {
                throw StoreError(.corrupt, "read: a record of an unknown format")
            }
        }
        return records
    }
}
