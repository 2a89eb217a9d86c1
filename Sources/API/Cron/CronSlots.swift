import RoostJobs

/// When a periodic job is due: its schedule read in its time zone.
struct CronSlots: Sendable {
    let schedule: CronSchedule
    let zone: TimeZoneRules

    /// The slots of an entry that was accepted; nil when this machine cannot read it (it has no tzdata, or an older one).
    init?(_ entry: CronEntry, timeZones: String) {
        guard let schedule = try? CronSchedule(entry.schedule),
            let zone = try? TimeZoneRules(named: entry.timeZone, directory: timeZones)
        else { return nil }
        self.init(schedule: schedule, zone: zone)
    }

    init(schedule: CronSchedule, zone: TimeZoneRules) {
        self.schedule = schedule
        self.zone = zone
    }

    /// The first slot after a moment; nil when there is none.
    func next(after moment: Timestamp) -> Timestamp? { schedule.next(after: moment, in: zone) }

    /// The first few slots from `first` on, that one included.
    func some(from first: Timestamp, count: Int) -> [Timestamp] {
        var slots = [first]
        while slots.count < count, let last = slots.last, let next = next(after: last) { slots.append(next) }
        return slots
    }
}
