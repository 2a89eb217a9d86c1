import Testing

@testable import RoostJobs

@Suite("the table of entries")
struct EntryTableTests {
    private static func entry(_ id: JobID, place: UInt64 = 0) -> MemoryMachine.Entry {
        let job = NewJob(id: id, type: "a", payload: [])
        var entry = MemoryMachine.Entry(
            record: JobRecord(job, state: .queued, insertedAt: Timestamp(microseconds: 1), runAt: nil))
        entry.place = place
        return entry
    }

    @Test("entries that come, change and go are those that a dictionary would have")
    func model() {
        var generator = SystemRandomNumberGenerator()
        var table = EntryTable()
        var model: [JobID: UInt64] = [:]
        for step in 0..<20_000 {
            let id = JobID(high: 0, low: UInt64.random(in: 0..<2000, using: &generator))
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<5:
                table[id] = Self.entry(id, place: UInt64(step))
                model[id] = UInt64(step)
            case 5..<7:
                table[id]?.place += 1
                if let place = model[id] { model[id] = place + 1 }
            default:
                table[id] = nil
                model[id] = nil
            }
            #expect(table[id]?.place == model[id] && table.contains(id) == (model[id] != nil))
        }
        #expect(table.count == model.count)
        let kept = Dictionary(uniqueKeysWithValues: table.values.map { ($0.record.id, $0.place) })
        #expect(kept == model)
    }

    @Test("a copy keeps what it had")
    func copies() {
        let id = JobID(high: 1, low: 1)
        var table = EntryTable()
        table[id] = Self.entry(id, place: 1)
        let copy = table
        table[id]?.place = 2
        table[JobID(high: 1, low: 2)] = Self.entry(JobID(high: 1, low: 2))
        #expect(copy[id]?.place == 1 && copy.count == 1 && table[id]?.place == 2)
    }
}
