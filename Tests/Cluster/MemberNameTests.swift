import Testing

@testable import RoostCluster

@Suite("Member names")
struct MemberNameTests {
    @Test(
        "a name is read and written alike",
        arguments: ["api@127.0.0.1:4370", "worker@host-1.example.com:1", "sysmon@[::1]:65535", "shell@a_b:9"])
    func roundTrip(text: String) throws {
        #expect(try Fixture.name(text).description == text)
    }

    @Test(
        "what is not role@host:port is refused",
        arguments: [
            "", "api", "api@", "api@h", "api@h:", "api@:1", "boss@h:1", "api@h:0", "api@h:65536", "api@h:+5",
            "api@h:05",
            "api@h h:1", "api@h\u{1B}[31m:1", "api@ü:1", "api@::1:5", "api@[h]:5", "api@-h:1", "api@h/..:1",
            "api@" + String(repeating: "h", count: 254) + ":1", "api@h:99999999999999999999",
        ])
    func refused(text: String) {
        #expect(MemberName(text) == nil)
    }

    @Test("an id is read as it is written and orders by name, then incarnation")
    func identity() throws {
        let id = MemberID(name: try Fixture.name("api@h:1"), incarnation: 0xFF)
        #expect(id.description == "api@h:1#00000000000000ff")
        #expect(MemberID(id.description) == id)
        #expect(MemberID("api@h:1#ff") == nil)
        #expect(MemberID("api@h:1#+0000000000000ff") == nil)
        #expect(id < MemberID(name: id.name, incarnation: 0x100))
        #expect(id < MemberID(name: try Fixture.name("worker@a:1"), incarnation: 0))
    }

    @Test("later incarnations are greater")
    func incarnations() {
        let first = MemberID.freshIncarnation()
        #expect(first >> 16 > 1_600_000_000_000)
        #expect(MemberID.freshIncarnation() >> 16 >= first >> 16)
    }

    @Test("a report outside its limits is clamped by its writer and refused by its reader")
    func reports() throws {
        var report = MemberReport(slots: -1, httpAddress: "a b", rssBytes: .min)
        report.duties = [DutyReport(name: "claim\u{7}", restarts: -3, state: String(repeating: "x", count: 99))]
        report.duties += Array(repeating: DutyReport(name: "d", restarts: 0, state: "running"), count: 100)
        #expect(!report.isValid)
        let clamped = report.clamped()
        #expect(clamped.isValid)
        #expect(clamped.duties.count == 64)
        #expect(clamped.duties.first?.name == "claim?")
        #expect(clamped.slots == 0 && clamped.rssBytes == 0 && clamped.httpAddress == nil)
    }
}
