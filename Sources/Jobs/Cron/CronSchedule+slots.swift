extension CronSchedule {
    /// The first moment this is due strictly after another; nil if that would be after the year 9999, or if nothing is
    /// found in 41 years, which is longer than any schedule waits.
    ///
    /// Takes about as long for the next second as for the next leap year. The fields are read in `zone`; `@every`
    /// counts from 1970 in UTC.
    public func next(after moment: Timestamp, in zone: TimeZoneRules = .utc) -> Timestamp? {
        let seconds: Int64?
        switch rule {
        case .every(let interval): seconds = (moment.seconds / interval + 1) * interval
        case .fields(let fields) where fields.isAnyHour: seconds = fields.nextShown(after: moment.seconds, in: zone)
        case .fields(let fields): seconds = fields.nextOnce(after: moment.seconds, in: zone)
        }
        return seconds.flatMap { Timestamp(seconds: $0) }
    }

    /// The moments this is due after one moment and up to another, that one included; the first `limit` of them.
    public func slots(
        after start: Timestamp, through end: Timestamp, in zone: TimeZoneRules = .utc, limit: Int
    ) -> [Timestamp] {
        var slots: [Timestamp] = []
        var last = start
        while slots.count < limit, let next = next(after: last, in: zone), next <= end {
            slots.append(next)
            last = next
        }
        return slots
    }

    /// The last moment this is due after one moment and up to another, that one included; nil if it is not due between.
    public func latest(after start: Timestamp, through end: Timestamp, in zone: TimeZoneRules = .utc) -> Timestamp? {
        guard var latest = next(after: start, in: zone), latest <= end else { return nil }
        // `next` never goes back as its argument goes on, so the last slot is found by halving: some 35 steps.
        var low = latest.seconds
        var high = end.seconds
        while low < high {
            let middle = low + (high - low) / 2
            if let moment = Timestamp(seconds: middle), let next = next(after: moment, in: zone), next <= end {
                latest = next
                low = max(middle + 1, next.seconds)
            } else {
                high = middle
            }
        }
        return latest
    }
}

extension CronFields {
    /// For hours of the day: due when the clocks first show a local time that matches, or have jumped over it.
    fileprivate func nextOnce(after moment: Int64, in zone: TimeZoneRules) -> Int64? {
        // What the clocks have shown or jumped over is done, even if they show it again.
        match(atOrAfter: zone.furthestLocal(until: moment) + 1).map { zone.firstInstant(atOrAfterLocal: $0).moment }
    }

    /// For any hour: due whenever the clocks show a local time that matches.
    fileprivate func nextShown(after moment: Int64, in zone: TimeZoneRules) -> Int64? {
        var period = zone.table.period(at: moment + 1)
        var start = moment + 1 + period.offset
        var found = match(atOrAfter: start)
        while let local = found, local - period.offset >= period.end {
            guard period.end <= Timestamp.latestSecond else { return nil }
            period = zone.table.period(at: period.end)
            let restart = period.start + period.offset
            // The clocks go on within what was searched: the same is found.
            if (start...local).contains(restart) { continue }
            start = restart
            found = match(atOrAfter: restart)
        }
        return found.map { $0 - period.offset }
    }
}
