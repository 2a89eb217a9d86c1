import RoostJobs
import Testing

@Suite("A cron schedule")
struct CronScheduleTests {
    @Test("is due when its fields say", arguments: CronRow.rows(table))
    func due(row: CronRow) throws {
        #expect(try row.due(in: .utc) == row.expected)
    }

    /// Expression, after, due next: computed by a search through every day with another language's calendar.
    static let table = """
        * * * * * | 2024-02-28T23:58:59Z | 2024-02-28T23:59:00Z 2024-02-29T00:00:00Z 2024-02-29T00:01:00Z
        */15 * * * * | 2024-12-31T23:30:00Z | 2024-12-31T23:45:00Z 2025-01-01T00:00:00Z 2025-01-01T00:15:00Z
        5,35-37 8 * * * | 2024-01-01T08:05:00Z | 2024-01-01T08:35:00Z 2024-01-01T08:36:00Z 2024-01-01T08:37:00Z \
            2024-01-02T08:05:00Z
        0 9-17/4 * * MON-FRI | 2024-03-01T17:00:00Z | 2024-03-04T09:00:00Z 2024-03-04T13:00:00Z 2024-03-04T17:00:00Z \
            2024-03-05T09:00:00Z
        30 22 * * fri-sun | 2024-03-01T00:00:00Z | 2024-03-01T22:30:00Z 2024-03-02T22:30:00Z 2024-03-03T22:30:00Z \
            2024-03-08T22:30:00Z
        0 0 * * 7 | 2024-03-01T00:00:00Z | 2024-03-03T00:00:00Z 2024-03-10T00:00:00Z
        0 0 * * 0 | 2024-03-01T00:00:00Z | 2024-03-03T00:00:00Z 2024-03-10T00:00:00Z
        10/20 5 * * * | 2024-03-01T05:10:00Z | 2024-03-01T05:30:00Z 2024-03-01T05:50:00Z 2024-03-02T05:10:00Z
        0 0 29 2 * | 2024-02-29T00:00:00Z | 2028-02-29T00:00:00Z 2032-02-29T00:00:00Z
        0 0 29 2 * | 2096-02-29T00:00:00Z | 2104-02-29T00:00:00Z 2108-02-29T00:00:00Z
        0 0 31 * * | 2024-01-31T00:00:00Z | 2024-03-31T00:00:00Z 2024-05-31T00:00:00Z 2024-07-31T00:00:00Z \
            2024-08-31T00:00:00Z
        0 0 L * * | 2023-12-31T00:00:00Z | 2024-01-31T00:00:00Z 2024-02-29T00:00:00Z 2024-03-31T00:00:00Z \
            2024-04-30T00:00:00Z
        0 12 L FEB ? | 2023-12-31T00:00:00Z | 2024-02-29T12:00:00Z 2025-02-28T12:00:00Z 2026-02-28T12:00:00Z
        0 0 15,L * * | 2024-01-31T00:00:00Z | 2024-02-15T00:00:00Z 2024-02-29T00:00:00Z 2024-03-15T00:00:00Z
        0 0 13 * FRI | 2024-09-12T12:00:00Z | 2024-09-13T00:00:00Z 2024-09-20T00:00:00Z 2024-09-27T00:00:00Z \
            2024-10-04T00:00:00Z 2024-10-11T00:00:00Z
        0 0 */2 * MON | 2024-09-01T00:00:00Z | 2024-09-09T00:00:00Z 2024-09-23T00:00:00Z 2024-10-07T00:00:00Z \
            2024-10-21T00:00:00Z
        0 0 13 * */2 | 2024-01-01T00:00:00Z | 2024-01-13T00:00:00Z 2024-02-13T00:00:00Z 2024-04-13T00:00:00Z
        0 0 ? * MON#2 | 2024-01-01T00:00:00Z | 2024-01-08T00:00:00Z 2024-02-12T00:00:00Z 2024-03-11T00:00:00Z
        0 0 * * 1#5 | 2024-01-01T00:00:00Z | 2024-01-29T00:00:00Z 2024-04-29T00:00:00Z 2024-07-29T00:00:00Z
        0 6 1 * FRI#1,7#2 | 2024-06-01T06:00:00Z | 2024-06-07T06:00:00Z 2024-06-09T06:00:00Z 2024-07-01T06:00:00Z \
            2024-07-05T06:00:00Z
        0 0 * FEB MON#5 | 2044-03-01T00:00:00Z | 2072-02-29T00:00:00Z 2112-02-29T00:00:00Z
        0 0 1 JAN,jul * | 2024-01-01T00:00:00Z | 2024-07-01T00:00:00Z 2025-01-01T00:00:00Z 2025-07-01T00:00:00Z
        */20 * * * * * | 2024-06-30T23:59:39.5Z | 2024-06-30T23:59:40Z 2024-07-01T00:00:00Z 2024-07-01T00:00:20Z
        59 59 23 31 12 * | 2024-06-30T00:00:00Z | 2024-12-31T23:59:59Z 2025-12-31T23:59:59Z
        15,45 30 4 * * SAT | 2024-06-01T04:30:15Z | 2024-06-01T04:30:45Z 2024-06-08T04:30:15Z 2024-06-08T04:30:45Z
        @yearly | 2024-01-01T00:00:00Z | 2025-01-01T00:00:00Z 2026-01-01T00:00:00Z
        @monthly | 2024-01-31T12:00:00Z | 2024-02-01T00:00:00Z 2024-03-01T00:00:00Z
        @weekly | 2024-01-31T12:00:00Z | 2024-02-04T00:00:00Z 2024-02-11T00:00:00Z
        @daily | 2024-02-28T12:00:00Z | 2024-02-29T00:00:00Z 2024-03-01T00:00:00Z
        @hourly | 2024-02-28T23:00:00Z | 2024-02-29T00:00:00Z 2024-02-29T01:00:00Z
        0 0 1 1 * | 9998-12-31T00:00:00Z | 9999-01-01T00:00:00Z
        */7 */5 */9 */5 * | 2024-03-28T20:50:00Z | 2024-06-01T00:00:00Z 2024-06-01T00:07:00Z 2024-06-01T00:14:00Z
        """

    @Test(
        "is due at multiples of a length since 1970, whatever the zone",
        arguments: [
            ("@every 30s", 45, [60, 90, 120]), ("@every 5m", 0, [300, 600, 900]),
            ("@every 1h30m", 5400, [10_800, 16_200]),
            ("@every 1d", 1, [86_400, 172_800]), ("@EVERY 366d", 0, [31_622_400]), ("@every 1s", 7, [8, 9]),
            ("@every 1d2h3m4s", 0, [93_784, 187_568]), ("  @every\t90s ", 89, [90]),
        ] as [(String, Int64, [Int64])])
    func every(expression: String, after: Int64, expected: [Int64]) throws {
        let schedule = try CronSchedule(expression)
        let zone = try TimeZoneRules(named: "+05:45")
        let slots = schedule.slots(after: .at(after), through: .at(40_000_000), in: zone, limit: expected.count)
        #expect(slots == expected.map(Timestamp.at))
    }

    @Test("is due strictly after the moment it is asked about, to the microsecond")
    func strictly() throws {
        let schedule = try CronSchedule("* * * * *")
        #expect(schedule.next(after: Timestamp(microseconds: 59_999_999)) == .at(60))
        #expect(schedule.next(after: Timestamp(microseconds: 60_000_000)) == .at(120))
        #expect(schedule.next(after: Timestamp(microseconds: 60_000_001)) == .at(120))
    }

    @Test("is never due after the year 9999", arguments: ["0 0 1 1 *", "* * * * * *", "@every 7s", "0 0 29 2 *"])
    func end(expression: String) throws {
        let schedule = try CronSchedule(expression)
        for zone in [TimeZoneRules.utc, try TimeZoneRules(named: "-12:00"), try TimeZoneRules(named: "+14:00")] {
            #expect(schedule.next(after: Timestamp(microseconds: .max), in: zone) == nil)
        }
    }

    @Test("waits 40 years for a February with a fifth Monday over a century without a leap day")
    func longestWait() throws {
        let schedule = try CronSchedule("0 0 * FEB MON#5")
        let last = try #require(Timestamp(rfc3339: "2072-02-29T00:00:00Z"))
        let next = try #require(schedule.next(after: last))
        #expect(next.rfc3339 == "2112-02-29T00:00:00.000000Z")
        let from2000 = try #require(Timestamp(rfc3339: "2000-01-01T00:00:00Z"))
        let slots = schedule.slots(after: from2000, through: Timestamp(microseconds: .max), limit: 1000)
        #expect(zip(slots, slots.dropFirst()).allSatisfy { $1.since($0) <= .seconds(86_400 * 366 * 40) })
        #expect(slots.count > 250)
    }

    @Test("tells the slots between two moments, the last one included, up to a limit")
    func slots() throws {
        let schedule = try CronSchedule("*/10 * * * *")
        #expect(schedule.slots(after: .at(600), through: .at(1800), limit: 10) == [.at(1200), .at(1800)])
        #expect(schedule.slots(after: .at(600), through: .at(1800), limit: 1) == [.at(1200)])
        #expect(schedule.slots(after: .at(600), through: .at(1199), limit: 10).isEmpty)
        #expect(schedule.slots(after: .at(1800), through: .at(600), limit: 10).isEmpty)
        #expect(schedule.slots(after: .at(600), through: .at(1800), limit: 0).isEmpty)
        #expect(schedule.slots(after: .at(600), through: .at(1800), limit: -1).isEmpty)
    }

    @Test(
        "tells the latest slot up to a moment", arguments: ["*/10 * * * *", "@every 7m", "3 4 * * MON", "* * * * * *"])
    func latest(expression: String) throws {
        let schedule = try CronSchedule(expression)
        for end in stride(from: Int64(90_000), through: 130_000, by: 2543) {
            let slots = schedule.slots(after: .at(100_000), through: .at(end), limit: .max)
            #expect(schedule.latest(after: .at(100_000), through: .at(end)) == slots.last)
        }
    }

    @Test("keeps the text it was made of")
    func text() throws {
        let text = " 0  12 * JAN mon\t"
        #expect(try CronSchedule(text).description == text)
        #expect(try CronSchedule(text) == CronSchedule(text))
        #expect(try CronSchedule("0 0 * * *") != CronSchedule("0 1 * * *"))
    }
}
