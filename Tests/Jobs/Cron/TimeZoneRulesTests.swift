import RoostJobs
import Testing

@Suite("A time zone")
struct TimeZoneRulesTests {
    @Test(
        "has the offset its clocks had",
        arguments: [
            ("Europe/Berlin", "1970-01-01T00:00:00Z", 3600), ("Europe/Berlin", "2024-03-31T00:59:59Z", 3600),
            ("Europe/Berlin", "2024-03-31T01:00:00Z", 7200), ("Europe/Berlin", "2024-10-27T00:59:59.999Z", 7200),
            ("Europe/Berlin", "2024-10-27T01:00:00Z", 3600), ("America/New_York", "2024-03-10T06:59:59Z", -18_000),
            ("America/New_York", "2024-03-10T07:00:00Z", -14_400),
            ("Australia/Lord_Howe", "1970-01-01T00:00:00Z", 36_000),
            ("Australia/Lord_Howe", "2011-12-30T10:00:00Z", 39_600),
            ("Australia/Lord_Howe", "2024-07-01T00:00:00Z", 37_800),
            ("Asia/Kathmandu", "1985-12-31T18:29:59Z", 19_800), ("Asia/Kathmandu", "1985-12-31T18:30:00Z", 20_700),
            ("Pacific/Apia", "2011-12-30T09:59:59Z", -36_000), ("Pacific/Apia", "2011-12-30T10:00:00Z", 50_400),
            ("Europe/Dublin", "2011-12-30T10:00:00Z", 0), ("Europe/Dublin", "2024-07-01T00:00:00Z", 3600),
            ("Africa/Casablanca", "2024-03-31T01:00:00Z", 0), ("Africa/Casablanca", "2024-07-01T00:00:00Z", 3600),
            ("Africa/Monrovia", "1970-01-01T00:00:00Z", -2670), ("Etc/GMT+5", "2024-01-01T00:00:00Z", -18_000),
            ("UTC", "2024-07-01T00:00:00Z", 0), ("+02:00", "2024-07-01T00:00:00Z", 7200),
            ("-09:30", "2024-07-01T00:00:00Z", -34_200), ("+23:59", "2024-07-01T00:00:00Z", 86_340),
        ])
    func offsets(name: String, time: String, offset: Int) throws {
        let moment = try #require(Timestamp(rfc3339: time))
        #expect(try TimeZoneRules(named: name).offset(at: moment) == offset)
    }

    @Test("goes on by its rule after the table in its file ends")
    func footer() throws {
        for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"] {
            let zone = try TimeZoneRules(named: name)
            for month in ["01", "07"] {
                let offsets = try ["2036", "2096", "2436", "9996"].map { year in
                    zone.offset(at: try #require(Timestamp(rfc3339: "\(year)-\(month)-01T00:00:00Z")))
                }
                #expect(Set(offsets).count == 1, "\(name) \(month)")
            }
        }
    }

    @Test(
        "is refused by a name that might leave the directory, or that no zone can have",
        arguments: [
            "", "/", "/etc/passwd", "../passwd", "Europe/../Berlin", "..", ".", "Europe//Berlin", "Europe/", "zone.tab",
            "Europe/Berlin\0", "Europe\\Berlin", "Europe Berlin", "Zürich", "Europe/Berlin\n", "+2:00:00 ", "a:b",
            "+24:00", "+02:60", "02:00", String(repeating: "A", count: 65),
        ])
    func names(name: String) {
        let fault = #expect(throws: TimeZoneFault.self) { try TimeZoneRules(named: name) }
        #expect(fault?.code == .invalidName)
    }

    @Test(
        "that is not there, or is a directory, is told so",
        arguments: ["Europe/Atlantis", "Europe", "UTC/UTC", "europe/berlin"])
    func missing(name: String) {
        let fault = #expect(throws: TimeZoneFault.self) { try TimeZoneRules(named: name) }
        #expect(fault?.code == .notFound)
        #expect(fault?.message.contains(name) == true)
    }

    @Test("needs no file for UTC and offsets")
    func noFile() throws {
        for name in ["UTC", "+00:00", "-12:45"] {
            let zone = try TimeZoneRules(named: name, directory: "/nonexistent")
            #expect(zone.name == name && "\(zone)" == name)
        }
        #expect(throws: TimeZoneFault.self) { try TimeZoneRules(named: "Europe/Berlin", directory: "/nonexistent") }
    }

    @Test(
        "shows a local time never, once or twice",
        arguments: [
            ("Europe/Berlin", "2024-03-31T01:59:59Z", "2024-03-31T00:59:59Z", "once"),
            ("Europe/Berlin", "2024-03-31T02:00:00Z", "2024-03-31T01:00:00Z", "never"),
            ("Europe/Berlin", "2024-03-31T02:59:59Z", "2024-03-31T01:00:00Z", "never"),
            ("Europe/Berlin", "2024-03-31T03:00:00Z", "2024-03-31T01:00:00Z", "once"),
            ("Europe/Berlin", "2024-10-27T01:59:59Z", "2024-10-26T23:59:59Z", "once"),
            ("Europe/Berlin", "2024-10-27T02:00:00Z", "2024-10-27T00:00:00Z", "2024-10-27T01:00:00Z"),
            ("Europe/Berlin", "2024-10-27T02:59:59Z", "2024-10-27T00:59:59Z", "2024-10-27T01:59:59Z"),
            ("Europe/Berlin", "2024-10-27T03:00:00Z", "2024-10-27T02:00:00Z", "once"),
            ("Australia/Lord_Howe", "2024-10-06T02:15:00Z", "2024-10-05T15:30:00Z", "never"),
            ("Australia/Lord_Howe", "2024-04-07T01:45:00Z", "2024-04-06T14:45:00Z", "2024-04-06T15:15:00Z"),
            ("Asia/Kathmandu", "1986-01-01T00:10:00Z", "1985-12-31T18:30:00Z", "never"),
            ("Pacific/Apia", "2011-12-30T12:00:00Z", "2011-12-30T10:00:00Z", "never"),
            ("Pacific/Apia", "2011-12-31T00:00:00Z", "2011-12-30T10:00:00Z", "once"),
            ("UTC", "2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z", "once"),
            ("+05:30", "2024-01-01T00:00:00Z", "2023-12-31T18:30:00Z", "once"),
        ])
    func instants(name: String, local: String, first: String, more: String) throws {
        let zone = try TimeZoneRules(named: name)
        let seconds = try #require(Timestamp(rfc3339: local)).microseconds / 1_000_000
        let first = try #require(Timestamp(rfc3339: first))
        let expected: TimeZoneRules.Instants =
            switch more {
            case "once": .one(first)
            case "never": .none(resumesAt: first)
            default: .two(first, try #require(Timestamp(rfc3339: more)))
            }
        #expect(zone.instants(local: seconds) == expected)
    }

    @Test("takes any number for a local time", arguments: [Int64.min, -1, 0, 1, 253_402_300_799, .max])
    func clamped(local: Int64) throws {
        for name in ["UTC", "Europe/Berlin", "+23:59", "-23:59"] {
            _ = try TimeZoneRules(named: name).instants(local: local)
        }
    }
}
