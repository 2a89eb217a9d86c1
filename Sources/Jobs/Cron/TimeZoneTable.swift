/// A zone's changes of offset: a table of moments, and a rule for the time after them.
struct TimeZoneTable: Sendable, Hashable {
    /// A stretch of time during which the offset stays the same; seconds since 1970, `end` excluded.
    struct Period: Equatable {
        let start: Int64
        let end: Int64
        /// Seconds east of UTC.
        let offset: Int64
    }

    /// Offsets are within these by RFC 8536 (section 3.2); a file with others is refused.
    static let offsets: ClosedRange<Int64> = -89_999...93_599

    /// Before the first change.
    private let initial: Int64
    /// Moments of change, ascending.
    private let changes: [Int64]
    /// The offset from each change on.
    private let following: [Int64]
    /// What holds from the last change on; without it, the last offset stays.
    private let rule: PosixTimeZone?

    /// A zone that never changes.
    init(offset: Int64) { self.init(initial: offset, changes: [], following: [], rule: nil) }

    /// Both arrays are of one length, and changes ascend.
    init(initial: Int64, changes: [Int64], following: [Int64], rule: PosixTimeZone?) {
        self.initial = initial
        self.changes = changes
        self.following = following
        self.rule = rule
    }

    /// The period that a moment lies in; its end is always later than the moment.
    func period(at moment: Int64) -> Period {
        let count = changesUntil(moment)
        guard count == changes.count, let rule else {
            return Period(
                start: count == 0 ? .min : changes[count - 1],
                end: count == changes.count ? .max : changes[count],
                offset: count == 0 ? initial : following[count - 1])
        }
        let period = rule.period(at: moment)
        return Period(start: max(period.start, changes.last ?? .min), end: period.end, offset: period.offset)
    }

    /// How many changes have happened by a moment: a binary search.
    private func changesUntil(_ moment: Int64) -> Int {
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= moment { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
