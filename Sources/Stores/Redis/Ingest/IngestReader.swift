import RoostJobs
import RoostRedis

/// The stream as an ingest uses it, on a connection of its own.
struct IngestReader {
    let client: RedisClient
    let configuration: RedisIngestConfiguration
    let deadline: Duration

    /// Does one thing; returns the entries it found, and what else there is to know of it.
    func perform(
        _ action: IngestCourse.Action
    ) async throws(RedisError) -> (entries: [IngestEntry], found: IngestCourse.Found) {
        var found = IngestCourse.Found()
        let entries = try await entries(of: action, &found)
        found.entries = entries.map(\.id)
        return (entries, found)
    }

    private func entries(
        of action: IngestCourse.Action, _ found: inout IngestCourse.Found
    ) async throws(RedisError) -> [IngestEntry] {
        switch action {
        case .makeGroup:
            try await makeGroup()
            return []
        case .forget:
            _ = try await client.evaluate(IngestForgetScript.script, keys: [configuration.stream], deadline: deadline) {
                $0.append(configuration.group)
                $0.append(configuration.consumer)
                $0.append(configuration.forget.clampedMilliseconds)
            }
            return []
        case .own(let after, let count): return try await read(after, count, block: nil)
        case .new(let count, let block): return try await read(">", count, block: block)
        case .look(let after):
            let reply = try await client.evaluate(
                IngestLookScript.script, keys: [configuration.stream], deadline: deadline
            ) {
                $0.append(configuration.group)
                $0.append(configuration.consumer)
                $0.append(after)
            }
            return entries(reply)
        case .takeOver(let cursor, let count):
            var command = RedisCommand("XAUTOCLAIM", configuration.stream, configuration.group, configuration.consumer)
            command.append(max(0, configuration.idle.clampedMilliseconds))
            command.append(cursor)
            command.append("COUNT")
            command.append(count)
            let parts = try await client.send(command, deadline: deadline).elements ?? []
            found.cursor = parts.first?.text == "0-0" ? nil : parts.first?.text
            guard parts.count > 1 else { return [] }
            let taken = entries(parts[1])
            found.hasGone = taken.count < parts[1].elements?.count ?? 0
            return taken
        }
    }

    /// Acknowledges and deletes entries that are dealt with.
    func acknowledge(_ ids: [String]) async throws(RedisError) {
        guard !ids.isEmpty else { return }
        var acknowledge = RedisCommand("XACK", configuration.stream, configuration.group)
        var delete = RedisCommand("XDEL", configuration.stream)
        for id in ids {
            acknowledge.append(id)
            delete.append(id)
        }
        for reply in try await client.pipeline([acknowledge, delete], deadline: deadline) {
            if case .error(let error) = reply { throw RedisError(error) }
        }
    }

    private func makeGroup() async throws(RedisError) {
        do {
            // From the first entry: jobs left before the first ingest are jobs.
            try await client.send(
                RedisCommand("XGROUP", "CREATE", configuration.stream, configuration.group, "0", "MKSTREAM"),
                deadline: deadline)
        } catch {
            if error.serverError?.code != "BUSYGROUP" { throw error }
        }
    }

    private func read(_ from: String, _ count: Int, block: Duration?) async throws(RedisError) -> [IngestEntry] {
        var command = RedisCommand("XREADGROUP", "GROUP", configuration.group, configuration.consumer, "COUNT")
        command.append(count)
        if let block {
            command.append("BLOCK")
            command.append(max(1, block.clampedMilliseconds))
        }
        for part in ["STREAMS", configuration.stream, from] { command.append(part) }
        let reply = try await client.send(command, deadline: deadline + (block ?? .zero) + .seconds(1))
        // One stream: its name and its entries.
        return entries(reply.elements?.first?.elements?.last ?? .null)
    }

    private func entries(_ reply: RedisValue) -> [IngestEntry] {
        (reply.elements ?? []).compactMap { element in
            guard let parts = element.elements, let id = parts.first?.text else { return nil }
            let words = parts.count > 1 ? (parts[1].elements ?? []).map { $0.bytes ?? [] } : []
            return IngestEntry(
                id: id, fields: stride(from: 0, to: words.count - 1, by: 2).map { (words[$0], words[$0 + 1]) })
        }
    }
}
