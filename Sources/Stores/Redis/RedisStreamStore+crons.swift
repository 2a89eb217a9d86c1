public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func putCron(_ cron: CronEntry, next: Timestamp) async throws(StoreError) {
        try StoreRequest.check(cron)
        let reply = try await evaluate(PutCronScript.script) { command in
            command.append(cron.name)
            command.append(CronText.bytes(cron))
            command.append(next.microseconds)
            command.append(JobLimits.crons)
        }
        guard reply.int == 1 else { throw StoreError(.invalid, "at most \(JobLimits.crons) periodic jobs") }
    }

    public func deleteCron(_ name: String) async throws(StoreError) -> Bool {
        try await evaluate(DeleteCronScript.script) { $0.append(name) }.int == 1
    }

    /// Definitions of a version to come are passed over here and in `dueCrons`: one of them must not stop the others.
    /// `check` names them.
    public func crons() async throws(StoreError) -> [CronStatus] {
        let names = (try await send(RedisCommand("HKEYS", keys.crons)).elements ?? []).compactMap(\.text)
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var crons: [CronStatus] = []
        var rest = names[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(50))
            rest = rest.dropFirst(part.count)
            let reply = try await evaluate(CronsScript.script) { command in
                for name in part { command.append(name) }
            }
            crons += statuses(reply.elements ?? [])
        }
        return crons
    }

    public func dueCrons(limit: Int, wait: Duration) async throws(StoreError) -> DueCrons {
        let deadline = ContinuousClock.now + min(max(.zero, wait), .seconds(3600))
        while true {
            let generation = schedule.generation
            let (due, next) = try await dueNow(limit: min(max(1, limit), 500))
            let left = deadline - .now
            if !due.crons.isEmpty || left <= .zero || Task.isCancelled { return due }
            let pause = next < 0 ? left : .microseconds(next) + .milliseconds(1)
            await schedule.wait(after: generation, upTo: min(left, pause, configuration.recheck))
        }
    }

    public func fireCron(
        _ name: String, slot: Timestamp, next: Timestamp?, jobs: [NewJob]
    ) async throws(StoreError) -> Bool {
        try StoreRequest.check(jobs)
        // One script: as many as a periodic job that catches up may have.
        guard jobs.count <= 1000 else { throw StoreError(.invalid, "at most 1000 jobs of one slot") }
        let reply = try await evaluate(FireCronScript.script) { command in
            command.append(name)
            command.append(slot.microseconds)
            command.append(next.map { String($0.microseconds) } ?? "")
            for job in jobs { command.append(job) }
        }
        return reply.int == 1
    }

    private func dueNow(limit: Int) async throws(StoreError) -> (due: DueCrons, next: Int64) {
        var due = DueCrons(now: Timestamp(microseconds: 0), crons: [])
        // Those that cannot be read stand first for ever: look past them, a bounded way.
        for window in 0..<20 {
            let reply = try await evaluate(DueCronsScript.script) { command in
                command.append(limit)
                command.append(window * limit)
            }
            guard let parts = reply.elements, parts.count == 4, let now = parts[0].int, let next = parts[1].int else {
                throw StoreError(.corrupt, "duecrons: unexpected reply")
            }
            due.now = Timestamp(microseconds: now)
            due.crons += statuses(parts[3].elements ?? [])
            if !due.crons.isEmpty || parts[2].int ?? 0 < limit { return (due, next) }
        }
        return (due, -1)
    }

    private func statuses(_ elements: [RedisValue]) -> [CronStatus] {
        stride(from: 0, to: elements.count - 3, by: 4).compactMap { index in
            guard let name = elements[index].text, let bytes = elements[index + 1].bytes,
                let entry = CronText.parse(bytes, name: name)
            else { return nil }
            func slot(_ value: RedisValue) -> Timestamp? {
                value.int.map { Timestamp(microseconds: $0) }
            }
            return CronStatus(entry: entry, next: slot(elements[index + 2]), last: slot(elements[index + 3]))
        }
    }
}
