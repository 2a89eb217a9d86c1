import RoostJobs
import RoostTestKit
import Testing

/// The model: a person who watches the clock on the wall, minute by minute.
@Suite("A cron schedule against a search minute by minute")
struct CronSearchTests {
    @Test(
        "is due at the same moments, around changes of the clock and anywhere else",
        arguments: 1...8 as ClosedRange<UInt64>)
    func search(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var compared = 0
        for _ in 0..<4 {
            let zone = try TimeZoneRules(named: Self.zones.randomElement(using: &random) ?? "UTC")
            let wall = Wall(zone: zone, around: Self.moment(in: zone, using: &random))
            for _ in 0..<25 {
                let cron = RandomCron(using: &random)
                // Those that are never due are refused.
                guard let schedule = try? CronSchedule(cron.text) else { continue }
                compared += 1
                let expected = wall.due(cron)
                let slots = schedule.slots(after: wall.start, through: wall.end, in: zone, limit: .max)
                #expect(slots == expected, "seed \(seed): \(cron.text) in \(zone) after \(wall.start.rfc3339)")
                // From a moment in between it goes on with the same.
                let between = Int64.random(in: wall.start.microseconds...wall.end.microseconds, using: &random)
                let moment = Timestamp(microseconds: between)
                let next = schedule.slots(after: moment, through: wall.end, in: zone, limit: 1).first
                #expect(
                    next == expected.first { $0 > moment },
                    "seed \(seed): \(cron.text) in \(zone) after \(moment.rfc3339)")
            }
        }
        #expect(compared > 50)
    }

    static let zones = [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Europe/Dublin",
        "Africa/Casablanca", "America/Sao_Paulo", "Asia/Gaza", "Antarctica/Troll", "Pacific/Kwajalein", "UTC", "+05:45",
    ]

    /// A change of the clock if there is one within a year of a random moment, else that moment; a whole minute.
    static func moment(in zone: TimeZoneRules, using random: inout SeededGenerator) -> Int64 {
        let start = Int64.random(in: 2_000_000...55_000_000, using: &random) * 60
        let offset = zone.offset(at: .at(start))
        // Pacific/Apia and Asia/Kathmandu have few changes: start with the ones that matter.
        let known: Int64? = ["Pacific/Apia": 1_325_239_200, "Asia/Kathmandu": 504_901_800][zone.name]
        if let known, Bool.random(using: &random) { return known }
        for hour in 0..<(366 * 24) {
            let moment = start + Int64(hour) * 3600
            if zone.offset(at: .at(moment)) != offset { return moment }
        }
        return start
    }
}

/// What a zone's clocks show in some days, noted every minute.
private struct Wall {
    /// The days before `start`, in minutes, that show what was shown already.
    static let before = 28 * 60
    static let watched = 3 * 24 * 60

    let start: Timestamp
    let end: Timestamp
    /// Minutes since 1970, in UTC and as the clocks show them.
    let minutes: [(utc: Int64, local: Int64)]

    init(zone: TimeZoneRules, around moment: Int64) {
        let first = moment / 60 - Int64(Self.before) - Int64(Self.watched) / 2
        minutes = (0...Int64(Self.before + Self.watched)).map { index in
            let utc = first + index
            return (utc, utc + Int64(zone.offset(at: .at(utc * 60))) / 60)
        }
        start = .at(minutes[Self.before].utc * 60)
        end = .at((first + Int64(Self.before + Self.watched)) * 60)
    }

    func due(_ cron: RandomCron) -> [Timestamp] {
        var days: [Int64: Bool] = [:]
        func matches(_ local: Int64) -> Bool {
            guard cron.minutes.values.contains(Int(local % 60)), cron.hours.values.contains(Int(local / 60 % 24))
            else { return false }
            if let known = days[local / 1440] { return known }
            let matches = cron.matches(day: local / 1440)
            days[local / 1440] = matches
            return matches
        }
        var due: [Timestamp] = []
        var shown: Set<Int64> = []
        var last = minutes[0].local - 1
        for (utc, local) in minutes {
            // Any hour: what is shown now. Hours of the day: also what was jumped over, and nothing twice.
            let now = cron.isAnyHour ? local...local : min(last + 1, local)...local
            if now.contains(where: { (cron.isAnyHour || !shown.contains($0)) && matches($0) }) {
                due.append(.at(utc * 60))
            }
            shown.formUnion(now)
            last = local
        }
        return due.filter { $0 > start }
    }
}
