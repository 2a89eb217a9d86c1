public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func waitReasons(_ id: JobID) async throws(StoreError) -> [WaitReason] {
        let reply = try await evaluate(WaitScript.script) { $0.append(id.description) }.elements ?? []
        switch (reply.first?.text, reply.count) {
        case ("r", 3...):
            let until = Timestamp(microseconds: reply[2].int ?? 0)
            return [.running(worker: reply[1].text ?? "", leaseUntil: until)]
        case ("s", 3...):
            var reasons: [WaitReason] = []
            if let time = reply[1].int, time > 0 { reasons.append(.scheduled(until: Timestamp(microseconds: time))) }
            if let parents = reply[2].int, parents > 0 { reasons.append(.parents(Int(clamping: parents))) }
            return reasons
        case ("q", 4...):
            guard let queue = reply[1].text, let type = reply[2].text else { return [] }
            var reasons = reply[4...].compactMap { reason($0.elements ?? []) }
            if !(try await workers().contains { $0.takes(type: type, queue: queue) }) {
                reasons.append(.noWorker(type: type, queue: queue))
            }
            return reasons + [.position(ahead: min(max(0, Int(clamping: reply[3].int ?? 0)), 1000))]
        default: return []
        }
    }

    private func reason(_ words: [RedisValue]) -> WaitReason? {
        let texts = words.compactMap(\.text)
        guard texts.count >= 2 else { return nil }
        if texts[0] == "p" { return .paused(queue: texts[1]) }
        guard texts.count == 4 else { return nil }
        let tenant = texts[2].isEmpty ? nil : texts[2]
        if texts[0] == "c" { return Int(texts[3]).map { .concurrency(queue: texts[1], tenant: tenant, limit: $0) } }
        return Int64(texts[3]).map {
            .rate(queue: texts[1], tenant: tenant, until: Timestamp(microseconds: $0))
        }
    }
}
