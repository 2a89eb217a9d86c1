public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func changes(of id: JobID) -> AsyncStream<Void> {
        let stream = watchers.stream(of: id, isStanding: false)
        watching.notify()
        return stream
    }

    /// For how long the server knows that a job is watched, unless it is told again.
    private static let watchTTL = Duration.seconds(60)

    /// Keeps the server knowing which jobs are watched in this process, once its subscription stands; until cancelled.
    func keepWatching(from subscribed: WakeSignal) async {
        await subscribed.wait(after: 0, upTo: .seconds(86_400))
        var standing: Set<JobID> = []
        // What was published before the subscription stood is missed.
        var isAnew = true
        var renewal = ContinuousClock.now + Self.watchTTL / 3
        while !Task.isCancelled {
            let generation = watching.generation
            let watched = watchers.watched
            let isDue = ContinuousClock.now >= renewal
            if isDue { renewal = .now + Self.watchTTL / 3 }
            do throws(StoreError) {
                try await watch(isDue ? watched : watched.filter { !standing.contains($0) })
                standing = Set(watched)
                watchers.begin(watched)
                if isAnew { watchers.tell(watched) }
                isAnew = false
                await watching.wait(after: generation, upTo: watched.isEmpty ? .seconds(86_400) : renewal - .now)
            } catch {
                if error.code == .closed { return }
                // Those who wait for their first element go on waiting; it may be that the server knows nobody any more.
                standing = []
                isAnew = true
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func watch(_ ids: [JobID]) async throws(StoreError) {
        var rest = ids[...]
        while !rest.isEmpty {
            _ = try await evaluate(WatchScript.script) { command in
                command.append(Self.watchTTL.clampedMicroseconds)
                for id in rest.prefix(500) { command.append(id.description) }
            }
            rest = rest.dropFirst(500)
        }
    }

    // MARK: The feed of ends

    public func keepEnds(_ isOn: Bool) async throws(StoreError) {
        _ = try await send(
            isOn ? RedisCommand("SET", keys.feed, "1") : RedisCommand("UNLINK", keys.feed, keys.ends))
    }

    public func ends(limit: Int, wait: Duration) async throws(StoreError) -> [JobEnd] {
        let deadline = ContinuousClock.now + min(max(.zero, wait), .seconds(3600))
        let most = min(max(1, limit), JobLimits.batch)
        while true {
            let generation = endsAdded.generation
            if Task.isCancelled { return [] }
            let reply = try await send(RedisCommand("XRANGE", keys.ends, "-", "+", "COUNT", "\(most)"))
            let ends = (reply.elements ?? []).compactMap(Self.end)
            let left = deadline - .now
            if !ends.isEmpty || left <= .zero { return ends }
            await endsAdded.wait(after: generation, upTo: min(left, configuration.recheck))
        }
    }

    /// Nil for what this version cannot read: it must not keep the others from being told.
    private static func end(_ entry: RedisValue) -> JobEnd? {
        let parts = entry.elements ?? []
        let fields = (parts.last?.elements ?? []).compactMap(\.text)
        guard let position = parts.first?.text, fields.count >= 4, let id = JobID(fields[1]),
            let state = JobState(letter: fields[3])
        else { return nil }
        return JobEnd(position: position, id: id, state: state)
    }

    public func forgetEnds(through position: String) async throws(StoreError) {
        let parts = position.split(separator: "-").compactMap { UInt64($0) }
        guard parts.count == 2 else { return }
        let (next, overflow) = parts[1].addingReportingOverflow(1)
        let floor = overflow ? "\(parts[0] &+ 1)-0" : "\(parts[0])-\(next)"
        _ = try await send(RedisCommand("XTRIM", keys.ends, "MINID", "=", floor))
    }
}
