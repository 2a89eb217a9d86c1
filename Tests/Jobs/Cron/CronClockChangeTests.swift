import RoostJobs
import Testing

/// The zones' pasts do not change with tzdata, so each case is about one.
@Suite("A cron schedule when the clocks change")
struct CronClockChangeTests {
    @Test("is due once for a time in a gap and the first time for one shown twice", arguments: CronRow.rows(hours))
    func hoursOfTheDay(row: CronRow) throws {
        #expect(try row.due() == row.expected)
    }

    @Test("of any hour is due whenever the clocks show its time", arguments: CronRow.rows(anyHour))
    func everyHour(row: CronRow) throws {
        #expect(try row.due() == row.expected)
    }

    /// Expression, zone, after, due next.
    static let hours = """
        30 2 * * * | Europe/Berlin | 2024-03-29T12:00:00Z | 2024-03-30T01:30:00Z 2024-03-31T01:00:00Z \
            2024-04-01T00:30:00Z
        */10 2 * * * | Europe/Berlin | 2024-03-30T01:45:00Z | 2024-03-30T01:50:00Z 2024-03-31T01:00:00Z \
            2024-04-01T00:00:00Z
        0 3 * * * | Europe/Berlin | 2024-03-30T12:00:00Z | 2024-03-31T01:00:00Z 2024-04-01T01:00:00Z
        0,30 2,3 * * * | Europe/Berlin | 2024-03-31T00:00:00Z | 2024-03-31T01:00:00Z 2024-03-31T01:30:00Z \
            2024-04-01T00:00:00Z
        30 2 * * * | Europe/Berlin | 2024-10-26T12:00:00Z | 2024-10-27T00:30:00Z 2024-10-28T01:30:00Z
        */30 2 * * * | Europe/Berlin | 2024-10-26T12:00:00Z | 2024-10-27T00:00:00Z 2024-10-27T00:30:00Z \
            2024-10-28T01:00:00Z
        30 2 * * * | Europe/Berlin | 2024-10-27T00:45:00Z | 2024-10-28T01:30:00Z
        0 3 * * * | Europe/Berlin | 2024-10-26T12:00:00Z | 2024-10-27T02:00:00Z 2024-10-28T02:00:00Z
        30 2 31 3 * | Europe/Berlin | 2023-12-01T00:00:00Z | 2024-03-31T01:00:00Z 2025-03-31T00:30:00Z
        0 30 2 ? * SUN#5 | Europe/Berlin | 2024-01-01T00:00:00Z | 2024-03-31T01:00:00Z 2024-06-30T00:30:00Z
        30 2 * * * | America/New_York | 2024-03-09T12:00:00Z | 2024-03-10T07:00:00Z 2024-03-11T06:30:00Z
        30 1 * * * | America/New_York | 2024-11-02T12:00:00Z | 2024-11-03T05:30:00Z 2024-11-04T06:30:00Z \
            2024-11-05T06:30:00Z
        15 2 10 3 * | America/New_York | 2024-01-01T00:00:00Z | 2024-03-10T07:00:00Z
        15 2 * * * | Australia/Lord_Howe | 2024-10-05T00:00:00Z | 2024-10-05T15:30:00Z 2024-10-06T15:15:00Z
        45 1 * * * | Australia/Lord_Howe | 2024-04-06T00:00:00Z | 2024-04-06T14:45:00Z 2024-04-07T15:15:00Z \
            2024-04-08T15:15:00Z
        45 1 * * * | Australia/Lord_Howe | 2024-04-06T14:50:00Z | 2024-04-07T15:15:00Z
        10 0 * * * | Asia/Kathmandu | 1985-12-30T18:40:00Z | 1985-12-31T18:30:00Z 1986-01-01T18:25:00Z
        0 9 * * * | Asia/Kathmandu | 2024-01-01T00:00:00Z | 2024-01-01T03:15:00Z 2024-01-02T03:15:00Z
        0 12 * * * | Pacific/Apia | 2011-12-28T23:00:00Z | 2011-12-29T22:00:00Z 2011-12-30T10:00:00Z \
            2011-12-30T22:00:00Z
        0 0 30 12 * | Pacific/Apia | 2011-12-01T00:00:00Z | 2011-12-30T10:00:00Z 2012-12-29T10:00:00Z
        0 6 * * FRI | Pacific/Apia | 2011-12-24T00:00:00Z | 2011-12-30T10:00:00Z 2012-01-05T16:00:00Z
        0 0 31 * * | Pacific/Apia | 2011-12-30T09:59:59Z | 2011-12-30T10:00:00Z
        0 0 * * * | America/Sao_Paulo | 2018-11-03T12:00:00Z | 2018-11-04T03:00:00Z 2018-11-05T02:00:00Z \
            2018-11-06T02:00:00Z
        30 23 * * * | America/Sao_Paulo | 2018-02-17T12:00:00Z | 2018-02-18T01:30:00Z 2018-02-19T02:30:00Z
        0 0 * * * | Africa/Cairo | 2023-04-27T12:00:00Z | 2023-04-27T22:00:00Z 2023-04-28T21:00:00Z
        """

    static let anyHour = """
        30 * * * * | Europe/Berlin | 2024-03-31T00:00:00Z | 2024-03-31T00:30:00Z 2024-03-31T01:30:00Z \
            2024-03-31T02:30:00Z
        30 * * * * | Europe/Berlin | 2024-10-26T23:45:00Z | 2024-10-27T00:30:00Z 2024-10-27T01:30:00Z \
            2024-10-27T02:30:00Z 2024-10-27T03:30:00Z
        */20 */2 * * * | Europe/Berlin | 2024-10-26T23:59:59Z | 2024-10-27T00:00:00Z 2024-10-27T00:20:00Z \
            2024-10-27T00:40:00Z 2024-10-27T01:00:00Z 2024-10-27T01:20:00Z 2024-10-27T01:40:00Z 2024-10-27T03:00:00Z
        0 0-23/2 * * * | Europe/Berlin | 2024-03-30T22:30:00Z | 2024-03-30T23:00:00Z 2024-03-31T02:00:00Z \
            2024-03-31T04:00:00Z
        */30 * * * * | Europe/Berlin | 2024-03-31T00:00:00Z | 2024-03-31T00:30:00Z 2024-03-31T01:00:00Z \
            2024-03-31T01:30:00Z 2024-03-31T02:00:00Z
        0 * * * * | America/New_York | 2024-11-03T04:30:00Z | 2024-11-03T05:00:00Z 2024-11-03T06:00:00Z \
            2024-11-03T07:00:00Z 2024-11-03T08:00:00Z
        */30 * * * * | Australia/Lord_Howe | 2024-04-06T14:00:00Z | 2024-04-06T14:30:00Z 2024-04-06T15:00:00Z \
            2024-04-06T15:30:00Z 2024-04-06T16:00:00Z 2024-04-06T16:30:00Z
        0 * * * * | Australia/Lord_Howe | 2024-10-05T14:00:00Z | 2024-10-05T14:30:00Z 2024-10-05T16:00:00Z \
            2024-10-05T17:00:00Z
        */10 * * * * | Asia/Kathmandu | 1985-12-31T18:15:00Z | 1985-12-31T18:20:00Z 1985-12-31T18:35:00Z \
            1985-12-31T18:45:00Z
        0 */6 * * * | Pacific/Apia | 2011-12-30T04:30:00Z | 2011-12-30T10:00:00Z 2011-12-30T16:00:00Z \
            2011-12-30T22:00:00Z
        """

    @Test(
        "keeps its distance with any hour, and its number a day with hours of the day",
        arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC", "-03:30"])
    func distance(name: String) throws {
        let zone = try TimeZoneRules(named: name)
        let (start, end) = (Timestamp.at(1_704_067_200), Timestamp.at(1_735_689_600))
        let quarters = try CronSchedule("*/15 * * * *").slots(after: start, through: end, in: zone, limit: .max)
        #expect(quarters.count == 366 * 96)
        #expect(zip(quarters, quarters.dropFirst()).allSatisfy { $1.since($0) == .seconds(900) })
        for time in ["10 0", "45 1", "0 2", "15 2", "30 2", "59 2", "0 3"] {
            let days = try CronSchedule("\(time) * * *").slots(after: start, through: end, in: zone, limit: .max)
            #expect(days.count == 366, "\(time)")
        }
    }
}
