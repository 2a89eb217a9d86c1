import RoostJobs
import RoostTestKit
import Testing

@Suite("A job's id")
struct JobIDTests {
    @Test(
        "prints as 26 Crockford characters",
        arguments: [
            (UInt64(0), UInt64(0), "00000000000000000000000000"), (0, 1, "00000000000000000000000001"),
            (0, 31, "0000000000000000000000000Z"), (0, 32, "00000000000000000000000010"),
            (0, .max, "0000000000000FZZZZZZZZZZZZ"), (1, 0, "0000000000000G000000000000"),
            (.max, .max, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"), (1 << 63, 0, "40000000000000000000000000"),
        ])
    func prints(high: UInt64, low: UInt64, text: String) {
        #expect(JobID(high: high, low: low).description == text)
        #expect(JobID(text) == JobID(high: high, low: low))
    }

    @Test("is parsed in either case, as the ULID specification's example is")
    func example() throws {
        let id = try #require(JobID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
        #expect(id == JobID("01arz3ndektsv4rrffq69g5fav"))
        #expect(id.description == "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        #expect(id.timestamp == Timestamp(milliseconds: 1_469_922_850_259))
    }

    @Test(
        "is nothing but 26 characters of the alphabet that fit 128 bits",
        arguments: [
            "", "0", "0000000000000000000000000", "000000000000000000000000000", "80000000000000000000000000",
            "ZZZZZZZZZZZZZZZZZZZZZZZZZZ", "0000000000000000000000000I", "0000000000000000000000000L",
            "0000000000000000000000000O", "0000000000000000000000000U", "0000000000000000000000000u",
            " 0000000000000000000000000", "0000000000000000000000000 ", "0000000000000-000000000000",
            "0000000000000000000000000\0", "000000000000000000000000ü", "0000000000000000000000000\u{660}",
            "\u{FEFF}00000000000000000000000000", "01ARZ3NDEKTSV4RRFFQ69G5FAV\n",
        ])
    func refuses(text: String) {
        #expect(JobID(text) == nil)
    }

    @Test("comes back from its text and sorts as its text does")
    func roundTrips() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            let (high, low) = (random.next(), random.next())
            let a = JobID(high: high, low: low)
            let b = JobID(high: high &+ UInt64.random(in: 0...1, using: &random), low: random.next())
            #expect(JobID(a.description) == a)
            #expect(JobID(a.description.lowercased()) == a)
            #expect(JobID("x\(a)".dropFirst()) == a)
            #expect((a < b) == (a.description < b.description))
            #expect((a == b) == (a.description == b.description))
        }
    }

    @Test("carries the moment it was made")
    func timestamp() {
        for milliseconds in [0, 1, 1_700_000_000_000, 253_402_300_799_999] as [Int64] {
            let moment = Timestamp(milliseconds: milliseconds)
            #expect(JobIDGenerator().next(now: moment).timestamp == moment)
        }
    }

    @Test("holds no moment past the year 9999, whatever its bits are")
    func latestTimestamp() {
        #expect(JobID(high: .max, low: .max).timestamp == Timestamp(microseconds: .max))
    }
}
