import RoostJobs
import Testing

@Suite("The generator of ids")
struct JobIDGeneratorTests {
    private func grows(_ ids: [JobID]) -> Bool { zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 } }

    @Test("makes growing ids within one millisecond")
    func withinAMillisecond() {
        let generator = JobIDGenerator()
        let now = Timestamp(milliseconds: 1_700_000_000_000)
        #expect(grows((0..<10_000).map { _ in generator.next(now: now) }))
    }

    @Test("makes growing ids while the clock stands still, steps back and jumps ahead")
    func clockSteps() {
        let generator = JobIDGenerator()
        let times: [Int64] = [5000, 5000, 4999, 1, 0, 5000, 5001, 9_000_000, 3, 9_000_000, 9_000_001]
        #expect(
            grows(times.flatMap { time in (0..<50).map { _ in generator.next(now: Timestamp(milliseconds: time)) } }))
    }

    @Test("never repeats or falls back among tasks that share it")
    func concurrently() async {
        let generator = JobIDGenerator()
        let lists = await withTaskGroup(of: [JobID].self) { group in
            for _ in 0..<8 { group.addTask { (0..<2000).map { _ in generator.next() } } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(lists.joined()).count == 16_000)
        for list in lists { #expect(grows(list)) }
    }

    @Test("makes different ids in different generators at one moment")
    func independent() {
        let now = Timestamp(milliseconds: 1)
        #expect(Set((0..<1000).map { _ in JobIDGenerator().next(now: now) }).count == 1000)
    }

    @Test("takes any moment there is")
    func extremes() {
        let generator = JobIDGenerator()
        let last = generator.next(now: Timestamp(microseconds: .max))
        #expect(last < generator.next(now: Timestamp(microseconds: .min)))
    }
}
