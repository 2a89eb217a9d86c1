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
            if moved > 0 || Task.isCancelled { return Int(clamping: moved) }
            // Steps that moved no job, and more to take.
            if next == 0 { continue }
            let left = deadline - .now
            if left <= .zero { return 0 }
            let due = next < 0 ? left : .microseconds(Int64(clamping: next)) + .milliseconds(1)
            await schedule.wait(after: generation, upTo: min(left, due, configuration.recheck))
        }
    }

    public func reclaim(limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed {
        let reply = try await evaluate(ReclaimScript.script) { command in
            command.append(min(max(1, limit), 500))
            command.append(max(1, maxCrashes))
            command.append(configuration.sweepGap.clampedMicroseconds)
            command.append(configuration.sweepGrace.clampedMicroseconds)
        }
        var reclaimed = Reclaimed()
        reclaimed.add((reply.elements ?? [])[...])
        return reclaimed
    }

    public func reclaim(worker: String, limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed {
        let limit = min(max(1, limit), 500)
        var reclaimed = Reclaimed()
        var cursor = "0"
        repeat {
            let reply = try await evaluate(ReclaimWorkerScript.script) { command in
                command.append(limit - reclaimed.count)
                command.append(max(1, maxCrashes))
                command.append(worker)
                command.append(cursor)
            }
            guard let elements = reply.elements, let next = elements.first?.text else {
                throw StoreError(.corrupt, "reclaim: unexpected reply")
            }
            reclaimed.add(elements.dropFirst())
            cursor = next
        } while cursor != "0" && reclaimed.count < limit && !Task.isCancelled
        return reclaimed
    }

    public func prune(limit: Int, retention: Retention) async throws(StoreError) -> Int {
        let reply = try await evaluate(PruneScript.script) { command in
            command.append(min(max(1, limit), 500))
            command.append(configuration.idle.clampedMicroseconds)
            command.append(retention.done)
            command.append(retention.failed)
            command.append(retention.cancelled)
        }
        return Int(clamping: reply.int ?? 0)
    }
}

extension Reclaimed {
    /// Adds what a script replied: id and letter of each.
    fileprivate mutating func add(_ reply: ArraySlice<RedisValue>) {
        var rest = reply
        while rest.count >= 2 {
            let pair = rest.prefix(2).map(\.text)
            rest = rest.dropFirst(2)
            guard let id = pair[0].flatMap({ JobID($0) }) else { continue }
            switch pair[1] {
            case "f": dead.append(id)
            case "c": cancelled.append(id)
            default: requeued.append(id)
            }
        }
    }
}
