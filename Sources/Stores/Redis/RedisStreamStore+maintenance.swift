public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func promoteDue(limit: Int, wait: Duration) async throws(StoreError) -> Int {
        let deadline = ContinuousClock.now + min(max(.zero, wait), .seconds(3600))
        while true {
            let generation = schedule.generation
            let reply = try await evaluate(PromoteScript.script) { $0.append(min(max(1, limit), 500)) }
            guard let elements = reply.elements, elements.count == 2, let moved = elements[0].int,
                let next = elements[1].int
            else { throw StoreError(.corrupt, "promote: unexpected reply") }
            let left = deadline - .now
            if moved > 0 || left <= .zero || Task.isCancelled { return Int(clamping: moved) }
            let due = next < 0 ? left : .microseconds(Int64(clamping: next)) + .milliseconds(1)
            await schedule.wait(after: generation, upTo: min(left, due, configuration.recheck))
        }
    }

    public func reclaim(limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed {
        let reply = try await evaluate(ReclaimScript.script) { command in
            command.append(min(max(1, limit), 500))
            command.append(max(1, maxCrashes))
            command.append(JobDefaults.deadTTL.clampedMicroseconds)
            command.append(ErrorText.poisonStart)
            command.append(ErrorText.poisonMiddle)
            command.append(configuration.sweepGap.clampedMicroseconds)
            command.append(configuration.sweepGrace.clampedMicroseconds)
        }
        var reclaimed = Reclaimed()
        let elements = reply.elements ?? []
        for index in stride(from: 0, to: elements.count - 1, by: 2) {
            guard let id = elements[index].text.flatMap({ JobID($0) }) else { continue }
            if elements[index + 1].text == "f" { reclaimed.dead.append(id) } else { reclaimed.requeued.append(id) }
        }
        return reclaimed
    }

    public func prune(limit: Int) async throws(StoreError) -> Int {
        let reply = try await evaluate(PruneScript.script) { command in
            command.append(min(max(1, limit), 500))
            command.append(configuration.idle.clampedMicroseconds)
        }
        return Int(clamping: reply.int ?? 0)
    }
}
