extension TimeZoneRules {
    /// The moments at which a zone's clocks show one local time.
    public enum Instants: Sendable, Hashable {
        /// The clocks jump over it; they go on at this moment, with a later local time.
        case none(resumesAt: Timestamp)
        /// As on most days.
        case one(Timestamp)
        /// The clocks are put back over it: it is shown a first and a second time.
        case two(Timestamp, Timestamp)
    }

    /// When this zone's clocks show a local time, given as seconds since 1970-01-01 00:00 by those clocks.
    ///
    /// Arguments and results are kept within the years 1970 to 9999.
    public func instants(local: Int64) -> Instants {
        let local = min(max(local, 0), Timestamp.latestSecond)
        let (first, isShown) = firstInstant(atOrAfterLocal: local)
        let moment = Timestamp(microseconds: first * 1_000_000)
        guard isShown else { return .none(resumesAt: moment) }
        var period = table.period(at: first)
        // The clocks are behind the largest offset for ever after that.
        while period.end <= local - TimeZoneTable.offsets.lowerBound {
            period = table.period(at: period.end)
            let second = local - period.offset
            if second >= period.start, second < period.end {
                return .two(moment, Timestamp(microseconds: second * 1_000_000))
            }
        }
        return .one(moment)
    }

    /// The first moment at which the clocks show a local time or have jumped over it, and whether they show it.
    ///
    /// It never moves back when the local time moves on, which is what makes a search through it simple.
    func firstInstant(atOrAfterLocal local: Int64) -> (moment: Int64, isShown: Bool) {
        // At this moment no clock in any zone has got as far.
        var period = table.period(at: local - TimeZoneTable.offsets.upperBound)
        while local - period.offset >= period.end { period = table.period(at: period.end) }
        let shown = local - period.offset
        return shown >= period.start ? (shown, true) : (period.start, false)
    }

    /// The furthest local time that the clocks have shown up to a moment.
    func furthestLocal(until moment: Int64) -> Int64 {
        var period = table.period(at: moment)
        var furthest = moment + period.offset
        let span = TimeZoneTable.offsets.upperBound - TimeZoneTable.offsets.lowerBound
        // Earlier than this, even the largest offset falls short of the smallest one now.
        while period.start > moment - span {
            let end = period.start
            period = table.period(at: end - 1)
            furthest = max(furthest, end - 1 + period.offset)
        }
        return furthest
    }
}
