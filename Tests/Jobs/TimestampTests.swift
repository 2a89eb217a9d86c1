import RoostJobs
import Testing

@Suite("A moment")
struct TimestampTests {
    private let last = Timestamp(microseconds: 253_402_300_799_999_999)

    @Test("is kept within the years 1970 to 9999")
    func clamps() {
        #expect(Timestamp(microseconds: .min).microseconds == 0)
        #expect(Timestamp(microseconds: -1).microseconds == 0)
        #expect(Timestamp(microseconds: .max) == last)
        #expect(Timestamp(milliseconds: .max) == last)
        #expect(Timestamp(milliseconds: 1).microseconds == 1000)
    }

    @Test("is never negative, however far before 1970 it is given")
    func clampsNegative() {
        #expect(Timestamp(milliseconds: -1).microseconds == 0)
        #expect(Timestamp(milliseconds: .min).microseconds == 0)
    }

    @Test("moves by any duration without leaving its range")
    func advances() {
        let moment = Timestamp(microseconds: 1_000_000)
        #expect(moment.advanced(by: .microseconds(5)).microseconds == 1_000_005)
        #expect(moment.advanced(by: .seconds(-1)).microseconds == 0)
        #expect(moment.advanced(by: .seconds(Int64.max)) == last)
        #expect(moment.advanced(by: .seconds(Int64.min)).microseconds == 0)
        #expect(last.advanced(by: .seconds(Int64.max)) == last)
        #expect(Timestamp(microseconds: 0).advanced(by: .seconds(Int64.min)).microseconds == 0)
    }

    @Test("tells the time since another, either way round")
    func since() {
        let (a, b) = (Timestamp(microseconds: 0), last)
        #expect(b.since(a) == .microseconds(last.microseconds))
        #expect(a.since(b) == .microseconds(-last.microseconds))
        #expect(a < b)
    }

    @Test("is now when asked for")
    func now() {
        #expect(Timestamp.now() > Timestamp(milliseconds: 1_700_000_000_000))
        #expect(Timestamp.now() < last)
    }
}

@Suite("A duration in whole units")
struct DurationTests {
    @Test(
        "is clamped to what the unit holds",
        arguments: [
            (Duration.zero, Int64(0)), (.microseconds(1), 1), (.nanoseconds(1999), 1), (.nanoseconds(-1999), -1),
            (.seconds(1.5), 1_500_000), (.seconds(Int64.max), .max), (.seconds(Int64.min), .min),
            (.microseconds(Int64.max), .max), (.seconds(-3), -3_000_000),
        ])
    func microseconds(duration: Duration, expected: Int64) {
        #expect(duration.clampedMicroseconds == expected)
        #expect(duration.clampedMilliseconds == expected / 1000)
    }

    @Test("is told in seconds")
    func seconds() {
        #expect(Duration.milliseconds(2500).inSeconds == 2.5)
        #expect(Duration.seconds(Int64.max).inSeconds.isFinite)
    }
}
