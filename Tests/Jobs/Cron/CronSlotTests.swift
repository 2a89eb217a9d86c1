import Testing

@testable import RoostJobs

@Suite("A slot of a periodic job")
struct CronSlotTests {
    @Test("has an id that never changes")
    func golden() {
        let time = Timestamp(milliseconds: 1_469_922_850_259)
        #expect(CronSlot(name: "nightly", time: time).jobID.description == "01ARZ3NDEKYY6R4PCYG5MEMHYN")
        #expect(CronSlot(name: "", time: time).jobID.description == "01ARZ3NDEK05165E2D2X2VQGHP")
    }

    @Test("has the same id for everyone, the time of the slot in it, and another for each name and time")
    func ids() {
        var ids: Set<JobID> = []
        for name in ["", "a", "b", "ab", "ba", "nightly", "nightly2", String(repeating: "n", count: 200)] {
            for milliseconds in [0, 1, 60_000, 1_700_000_000_000, 253_402_300_799_000] as [Int64] {
                let time = Timestamp(milliseconds: milliseconds)
                let id = CronSlot(name: name, time: time).jobID
                #expect(id == CronSlot(name: name, time: time).jobID)
                #expect(id.timestamp == time)
                #expect(JobID(id.description) == id)
                #expect(ids.insert(id).inserted)
            }
        }
    }

    @Test(
        "hashes its name as FNV-1a does",
        arguments: [
            ("", "6c62272e07bb014262b821756295c58d"), ("a", "d228cb696f1a8caf78912b704e4a8964"),
            ("foobar", "343e1662793c64bf6f0d3597ba446f18"),
        ])
    func hash(text: String, hex: String) {
        #expect(String(CronSlot.hash(text.utf8), radix: 16) == hex)
    }
}
