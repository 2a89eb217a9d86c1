import RoostJobs
import RoostRedis

/// What `WaitScript` says of a job.
struct WaitAnswer {
    private let words: [RedisValue]

    init(_ reply: RedisValue) { words = reply.elements ?? [] }

    /// Whether `reasons` needs to know the workers.
    var isQueued: Bool { words.first?.text == "q" }

    /// Why the job does not run, in the order of `WaitReason`.
    func reasons(workers: [WorkerNotice]) -> [WaitReason] {
        switch (words.first?.text, words.count) {
        case ("r", 3...):
            return [.running(worker: words[1].text ?? "", leaseUntil: Timestamp(microseconds: words[2].int ?? 0))]
        case ("s", 3...):
            var reasons: [WaitReason] = []
            if let time = words[1].int, time > 0 { reasons.append(.scheduled(until: Timestamp(microseconds: time))) }
            if let parents = words[2].int, parents > 0 { reasons.append(.parents(Int(clamping: parents))) }
            return reasons
        case ("q", 4...):
            guard let queue = words[1].text, let type = words[2].text else { return [] }
            var reasons = words[4...].compactMap { Self.reason($0.elements ?? []) }
            if let reason = WaitReason.service(type: type, queue: queue, workers: workers) { reasons.append(reason) }
            return reasons + [.position(ahead: min(max(0, Int(clamping: words[3].int ?? 0)), 1000))]
        default: return []
        }
    }

    private static func reason(_ words: [RedisValue]) -> WaitReason? {
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
