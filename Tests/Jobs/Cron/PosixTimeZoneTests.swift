import Testing

@testable import RoostJobs

@Suite("A POSIX time zone")
struct PosixTimeZoneTests {
    @Test(
        "changes its offset by its rule",
        arguments: [
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2150-03-29T00:59:59Z", 3600),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2150-03-29T01:00:00Z", 7200),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2150-10-25T00:59:59Z", 7200),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2150-10-25T01:00:00Z", 3600),
            // The southern summer goes over the turn of the year.
            ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2099-12-31T23:59:59Z", 39_600),
            ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2100-06-01T00:00:00Z", 37_800),
            // Ireland's winter is the exception to its standard time.
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2100-01-01T00:00:00Z", 0),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2100-07-01T00:00:00Z", 3600),
            // Times before midnight and beyond the day.
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T00:59:59Z", -7200),
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T01:00:00Z", -3600),
            ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-03-25T23:59:59Z", 7200),
            ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-03-26T00:00:00Z", 10_800),
            // Days by number: J60 is March 1 in every year, 59 is February 29 in a leap year.
            ("AAA0BBB,J60/0,J300", "2048-02-29T23:59:59Z", 0), ("AAA0BBB,J60/0,J300", "2048-03-01T00:00:00Z", 3600),
            ("AAA0BBB,59/0,J300", "2048-02-29T00:00:00Z", 3600), ("AAA0BBB,59/0,J300", "2049-02-28T23:59:59Z", 0),
            ("AAA0BBB,59/0,J300", "2049-03-01T00:00:00Z", 3600),
            // Daylight-saving time all year, as RFC 8536 writes it.
            ("EST5EDT,0/0,J365/25", "2050-01-01T00:00:00Z", -14_400),
            ("EST5EDT,0/0,J365/25", "2050-01-01T05:00:00Z", -14_400),
            ("EST5EDT,0/0,J365/25", "2050-07-01T00:00:00Z", -14_400),
            ("UTC0", "2050-07-01T00:00:00Z", 0), ("<-0330>+3:30", "2050-07-01T00:00:00Z", -12_600),
            ("XYZ-1:02:03", "2050-07-01T00:00:00Z", 3723), ("AAA0BBB-2,J1,J365", "2050-07-01T00:00:00Z", 7200),
        ])
    func offsets(text: String, time: String, offset: Int64) throws {
        let moment = try #require(Timestamp(rfc3339: time))
        let period = try #require(PosixTimeZone(text.utf8)).period(at: moment.seconds)
        #expect(period.offset == offset)
        #expect(period.start <= moment.seconds && period.end > moment.seconds)
    }

    @Test("has periods that follow one another, in every year there is")
    func periods() throws {
        for text in [
            "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,0/0,J365/25", "AAA0BBB,J1/-167,J1/167", "AAA24BBB-24,365/167,0/-167",
        ] {
            let zone = try #require(PosixTimeZone(text.utf8))
            for start in stride(from: Int64(-200_000), through: 253_402_400_000, by: 5_000_000_011) {
                var period = zone.period(at: start)
                for _ in 0..<8 {
                    let next = zone.period(at: period.end)
                    #expect(next.start == period.end && next.end > next.start, "\(text) after \(start)")
                    period = next
                }
            }
        }
    }

    @Test(
        "is nothing else",
        arguments: [
            "", "A", "AB0", "CET", "CET-", "CET-25", "CET-1:60", "CET-1:2:3:4", "CET-1CEST", "CET-1CEST,M3.5.0",
            "CET-1CEST,M3.5.0,M10.5.0/3,", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
            "CET-1CEST,M3.5.7,M10.5.0",
            "CET-1CEST,J0,J365", "CET-1CEST,J1,J366", "CET-1CEST,366,0", "CET-1CEST,0/168,1", "CET-1CEST,0/,1", "<>0",
            "<A0",
            "CET-1CEST,M3.5,M10.5.0", "CET-1 ", "CET--1", "CET-0001", "CET-1CEST;M3.5.0;M10.5.0",
            "AAA99999999999999999999",
        ])
    func refused(text: String) {
        #expect(PosixTimeZone(text.utf8) == nil)
    }
}
