import RoostJobs
import RoostTestKit
import Testing

@Suite("RFC 3339")
struct RFC3339Tests {
    @Test(
        "is read, whatever its zone and fraction",
        arguments: [
            ("1970-01-01T00:00:00Z", Int64(0)), ("1970-01-01T00:00:00.000001Z", 1),
            ("2025-12-28T17:24:48.957749Z", 1_766_942_688_957_749), ("2025-12-28T17:24:48Z", 1_766_942_688_000_000),
            ("2025-12-28t17:24:48z", 1_766_942_688_000_000), ("2025-12-28 17:24:48Z", 1_766_942_688_000_000),
            ("2025-12-28T18:24:48+01:00", 1_766_942_688_000_000), ("2025-12-28T11:54:48-05:30", 1_766_942_688_000_000),
            ("2025-12-28T17:24:48+00:00", 1_766_942_688_000_000), ("2025-12-28T17:24:48-00:00", 1_766_942_688_000_000),
            ("2025-12-28T17:24:48.9Z", 1_766_942_688_900_000), ("2025-12-28T17:24:48.95Z", 1_766_942_688_950_000),
            ("2025-12-28T17:24:48.123456789Z", 1_766_942_688_123_456), ("2000-02-29T00:00:00Z", 951_782_400_000_000),
            ("2024-02-29T23:59:59Z", 1_709_251_199_000_000), ("2100-03-01T00:00:00Z", 4_107_542_400_000_000),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000_000), ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
            ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T23:00:00-01:00", 0),
        ])
    func reads(text: String, microseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test(
        "is refused when it is anything else",
        arguments: [
            "", "Z", "2025", "2025-12-28", "2025-12-28T17:24:48", "2025-12-28T17:24Z", "2025-12-28T17:24:48.Z",
            "2025-12-28T17:24:48.1234567890Z", "2025-12-28T17:24:48,5Z", "2025-12-28T17:24:48ZZ",
            "2025-12-28T17:24:48Z ", " 2025-12-28T17:24:48Z", "2025-12-28T17:24:48+1:00", "2025-12-28T17:24:48+0100",
            "2025-12-28T17:24:48+24:00", "2025-12-28T17:24:48+01:60", "2025-12-28T17:24:48+01", "2025-13-01T00:00:00Z",
            "2025-00-01T00:00:00Z", "2025-01-00T00:00:00Z", "2025-01-32T00:00:00Z", "2025-04-31T00:00:00Z",
            "2025-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2025-01-01T24:00:00Z",
            "2025-01-01T00:60:00Z", "2025-01-01T00:00:61Z", "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z",
            "1970-01-01T00:00:00+00:01", "+025-01-01T00:00:00Z", "-025-01-01T00:00:00Z", "2025-1-01T00:00:00Z",
            "2025-01-01T0:00:00ZZ", "2025/01/01T00:00:00Z", "2025-01-01X00:00:00Z", "2025-01-01T00-00-00Z",
            "２025-01-01T00:00:00Z", "2025-01-01T00:00:00\u{2212}01:00", "2025-01-01T00:00:00.٣Z",
            "10000-01-01T00:00:00Z", "2025-01-01T00:00:00Z\0", "1735689600", "Wed, 01 Jan 2025 00:00:00 GMT",
            "2025-01-01T00:00:00.000000000000000000000000000000Z",
        ])
    func refuses(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("is printed in UTC with six digits")
    func prints() {
        #expect(Timestamp(microseconds: 0).rfc3339 == "1970-01-01T00:00:00.000000Z")
        #expect(Timestamp(microseconds: 1_766_942_688_957_749).rfc3339 == "2025-12-28T17:24:48.957749Z")
        #expect(Timestamp(microseconds: 951_782_400_000_001).rfc3339 == "2000-02-29T00:00:00.000001Z")
        #expect(Timestamp(microseconds: .max).rfc3339 == "9999-12-31T23:59:59.999999Z")
    }

    @Test("comes back from its text, and sorts as its text does")
    func roundTrips() {
        var random = SeededGenerator(seed: 2)
        var before = Timestamp(microseconds: 0)
        for _ in 0..<5000 {
            let moment = Timestamp(microseconds: .random(in: 0...253_402_300_799_999_999, using: &random))
            #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
            #expect((before < moment) == (before.rfc3339 < moment.rfc3339))
            before = moment
        }
    }

    @Test("knows every day from 1970 to 2400, leap days included")
    func everyDay() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var (days, year, month, day) = (Int64(0), 1970, 1, 1)
        while year <= 2400 {
            let text = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)T12:00:00.000000Z"
            let moment = Timestamp(microseconds: days * 86_400_000_000 + 43_200_000_000)
            if moment.rfc3339 != text || Timestamp(rfc3339: text) != moment {
                Issue.record("\(text) is not \(moment.rfc3339)")
                return
            }
            let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
            day += 1
            if day > lengths[month - 1] + (month == 2 && leap ? 1 : 0) { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
            days += 1
        }
    }

    @Test("never crashes on bytes of any kind")
    func fuzz() {
        var random = SeededGenerator(seed: 3)
        let alphabet = Array("0123456789-:TtZz.+ ,éx\u{661}")
        let sample = Array("2025-12-28T17:24:48.957749+01:00")
        for _ in 0..<20_000 {
            var text = sample.prefix(.random(in: 0...sample.count, using: &random))
            for _ in 0..<Int.random(in: 0...3, using: &random) where !text.isEmpty {
                let character = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                text[Int.random(in: 0..<text.count, using: &random)] = character
            }
            if let moment = Timestamp(rfc3339: String(text)) { #expect(Timestamp(rfc3339: moment.rfc3339) == moment) }
        }
    }
}
