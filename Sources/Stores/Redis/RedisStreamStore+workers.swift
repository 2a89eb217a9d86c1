public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func announce(_ worker: WorkerNotice, ttl: Duration) async throws(StoreError) {
        _ = try await evaluate(AnnounceScript.script) { command in
            command.append(worker.worker)
            command.append(min(max(.zero, ttl), JobLimits.longest).clampedMicroseconds)
            command.append(WorkerNoticeText.text(worker))
        }
    }

    public func withdraw(worker: String) async throws(StoreError) {
        // The notice first: without it the name says nothing.
        _ = try await send(RedisCommand("DEL", keys.base + "w:" + worker))
        _ = try await send(RedisCommand("ZREM", keys.base + "workers", worker))
    }

    public func workers() async throws(StoreError) -> [WorkerNotice] {
        try checkOpen()
        return try await link.workers()
    }
}

extension StoreLink {
    func workers() async throws(StoreError) -> [WorkerNotice] {
        var notices: [WorkerNotice] = []
        var from = 0
        while true {
            let elements = try await evaluate(WorkersScript.script) { $0.append(from) }.elements ?? []
            for index in stride(from: 0, to: elements.count - 1, by: 2) {
                guard let worker = elements[index].text, let text = elements[index + 1].text else { continue }
                // A notice of a version to come is passed over: that worker speaks for itself to its like.
                if let notice = WorkerNoticeText.parse(text, worker: worker) { notices.append(notice) }
            }
            from += 500
            if elements.count < 1000 { return notices.sorted { $0.worker < $1.worker } }
        }
    }
}
