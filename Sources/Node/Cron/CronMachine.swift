import RoostJobs

/// What a due periodic job makes: which jobs are enqueued and which slot it waits for next. Pure.
struct CronMachine: Equatable {
    /// Slots fired at once at most, whatever was missed.
    static let limit = 1000
    /// How late a slot may be fired when missed ones are skipped.
    static let tolerance = Duration.seconds(60)

    let schedule: CronSchedule
    let zone: TimeZoneRules

    /// What to do now.
    struct Firing: Equatable {
        /// One job a slot, oldest first.
        var jobs: [NewJob]
        /// The next slot; nil: never again.
        var next: Timestamp?
        /// Whether there were more missed slots than are fired at once; the others are dropped.
        var isCut = false
    }

    /// What to do about an entry that waits for `slot`, which need not be a moment its schedule names: one that was put
    /// off is not.
    func firing(of entry: CronEntry, waitingFor slot: Timestamp, now: Timestamp) -> Firing {
        let next = schedule.next(after: max(now, slot), in: zone)
        guard !entry.isPaused, slot <= now else { return Firing(jobs: [], next: slot > now ? slot : next) }
        let slots = slots(of: entry, from: slot, through: now)
        let isCut = slots.count == Self.limit && slots.last.flatMap { schedule.next(after: $0, in: zone) } != next
        return Firing(jobs: slots.map { Self.job(of: entry, at: $0) }, next: next, isCut: isCut)
    }

    private func slots(of entry: CronEntry, from slot: Timestamp, through now: Timestamp) -> [Timestamp] {
        // Slots are asked for after a moment, and `slot` itself is one.
        let start = slot.advanced(by: .microseconds(-1))
        switch entry.catchUp {
        case .latest: return schedule.latest(after: start, through: now, in: zone).map { [$0] } ?? []
        case .all: return schedule.slots(after: start, through: now, in: zone, limit: Self.limit)
        case .skip:
            let earliest = now.advanced(by: .zero - Self.tolerance - .microseconds(1))
            return schedule.slots(after: max(start, earliest), through: now, in: zone, limit: Self.limit)
        }
    }

    /// The same job, id and all, for whoever fires the slot.
    static func job(of entry: CronEntry, at slot: Timestamp) -> NewJob {
        var job = entry.job
        job.id = CronSlot(name: entry.name, time: slot).jobID
        job.start = .now
        job.batch = nil
        // It would make every slot but the first a repeat.
        job.idempotency = nil
        return job
    }
}
