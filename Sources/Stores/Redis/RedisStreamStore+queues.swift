public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func setQueue(_ name: String, _ change: QueueChange) async throws(StoreError) -> QueueSettings {
        try StoreRequest.check(change, queue: name)
        let reply = try await evaluate(SetQueueScript.script) { command in
            command.append(name)
            command.append(JobLimits.queues)
            for word in QueueSettingsText.words(change) { command.append(word) }
        }
        guard let text = reply.text, text != "full" else {
            throw StoreError(.invalid, "at most \(JobLimits.queues) queues have settings")
        }
        return try settings(text, of: name)
    }

    public func queues() async throws(StoreError) -> [QueueStatus] {
        let counts = try await counts().queues.mapValues { $0.filter { $0.value != 0 } }.filter { !$0.value.isEmpty }
        let elements = try await send(RedisCommand("HGETALL", keys.queues)).elements ?? []
        var known: [String: QueueSettings] = [:]
        for index in stride(from: 0, to: elements.count - 1, by: 2) {
            guard let name = elements[index].text, let text = elements[index + 1].text else { continue }
            known[name] = try settings(text, of: name)
        }
        let oldest = try await oldest(of: counts.filter { $0.value[.queued] ?? 0 > 0 }.keys.sorted())
        return Set(known.keys).union(counts.keys).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { name in
            QueueStatus(
                name: name, settings: known[name] ?? QueueSettings(), counts: counts[name] ?? [:],
                oldest: oldest[name])
        }
    }

    /// What is kept for a queue; throws for a text of a version to come, rather than take a paused queue for an open one.
    private func settings(_ text: String, of queue: String) throws(StoreError) -> QueueSettings {
        guard let settings = QueueSettingsText.parse(text) else {
            throw StoreError(.corrupt, "the settings of queue \(queue) are of an unknown format")
        }
        return settings
    }

    /// When the first waiting job of each queue was accepted.
    private func oldest(of queues: [String]) async throws(StoreError) -> [String: Timestamp] {
        var oldest: [String: Timestamp] = [:]
        var rest = queues[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(10))
            rest = rest.dropFirst(part.count)
            let reply = try await evaluate(QueueHeadsScript.script) { command in
                for queue in part { command.append(queue) }
            }
            for (queue, heads) in zip(part, reply.elements ?? []) {
                oldest[queue] = (heads.elements ?? []).compactMap(\.int).min()
                    .map { Timestamp(microseconds: $0) }
            }
        }
        return oldest
    }
}
