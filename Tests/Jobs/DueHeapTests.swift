import RoostTestKit
import Testing

@testable import RoostJobs

@Suite("the heap of what is due")
struct DueHeapTests {
    @Test(
        "gives what still means something in the order of its time, swept or not", arguments: [1, 2, 3, 4] as [UInt64])
    func model(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var heap = DueHeap()
        var live: [JobID: Timestamp] = [:]
        for _ in 0..<5000 {
            let id = JobID(high: 0, low: UInt64.random(in: 0..<300, using: &random))
            let due = Timestamp(microseconds: Int64.random(in: 0..<1_000_000, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0..<2:
                live[id] = due
                heap.insert(id, due: due)
            case 2: live[id] = nil
            default: heap.sweep(live: live.count) { live[$0.id] == $0.due }
            }
        }
        var given: [Timestamp] = []
        while let first = heap.first, heap.popFirst() != nil {
            guard live[first.id] == first.due else { continue }
            live[first.id] = nil
            given.append(first.due)
        }
        #expect(live.isEmpty)
        #expect(given == given.sorted())
    }

    @Test("what means nothing is swept out when it is the larger part, and not looked at each time before")
    func sweeps() {
        var heap = DueHeap()
        for number in 0..<100 {
            heap.insert(JobID(high: 0, low: UInt64(number)), due: Timestamp(microseconds: Int64(number)))
        }
        var looks = 0
        heap.sweep(live: 60) { _ in
            looks += 1
            return false
        }
        #expect(looks == 0 && heap.count == 100)
        heap.sweep(live: 40) { entry in
            looks += 1
            return entry.due < Timestamp(microseconds: 40)
        }
        #expect(looks == 100 && heap.count == 40)
        for _ in 0..<30 { heap.insert(JobID(high: 0, low: 1), due: Timestamp(microseconds: 1)) }
        heap.sweep(live: 10) { _ in
            looks += 1
            return true
        }
        #expect(looks == 100, "not before there are twice as many as were left")
    }
}
