import RoostJobs
import Testing

extension StoreWalk {
    /// Makes some jobs findable; draws nothing from the walk's own numbers.
    func makeFindable(_ job: inout NewJob) {
        let number = jobs.count
        job.tags = [[], ["even"], ["even", "third"], []][number % 4]
        if number.isMultiple(of: 3) { job.terms["n"] = String(number % 5) }
        if number.isMultiple(of: 6) { job.terms["name"] = "a b" }
    }

    /// Asks both stores the same, all pages of it; the answers must be the same.
    mutating func search() async throws {
        guard let twin, !jobs.isEmpty else { return }
        if Int.random(in: 0..<10, using: &searches) == 0 {
            let isOn = Bool.random(using: &searches)
            for store in [store, twin] { _ = try await store.setQueue("z", .with { $0.isSearchable = isOn }) }
        }
        var query = randomQuery()
        for _ in 0..<20 {
            let mine = try await store.list(query)
            let its = try await twin.list(query)
            #expect(mine.jobs.map(\.id) == its.jobs.map(\.id), "\(query)")
            #expect(mine.total == its.total, "\(query)")
            #expect(mine.next == its.next, "\(query)")
            guard let next = mine.next else { return }
            query.olderThan = next
        }
    }

    private mutating func draw<T>(_ items: [T]) -> T { items[Int.random(in: 0..<items.count, using: &searches)] }

    private mutating func randomQuery() -> JobQuery {
        var query = JobQuery(limit: draw([1, 3, 20, 200]))
        // Most searches say little: those that say much find nothing.
        if draw([true, false, false]) { query.state = draw(JobState.allCases) }
        if draw([true, false, false, false]) { query.type = draw(["a", "b"]) }
        if draw([true, false, false, false]) { query.queue = draw(["x", "y", "z"]) }
        if draw([true, false]) { query.tag = draw(["even", "third", "none"]) }
        if draw([true, false, false]) { query.terms["n"] = draw(["0", "3", "9"]) }
        if draw([true, false, false, false]) { query.terms["name"] = draw(["a b", "a"]) }
        if draw([true, false, false, false]) { query.worker = draw(["walker", "walke"]) }
        if draw([true, false, false, false]) { query.error = draw(["A", "WALK", "for good", "x"]) }
        if draw([true, false, false, false, false]) { query.since = draw(jobs).id.timestamp }
        if draw([true, false, false, false, false]) { query.until = draw(jobs).id.timestamp }
        if draw([true, false, false, false, false]) { query.offset = draw([1, 5]) }
        return query
    }
}
