extension MemoryMachine {
    func list(_ query: JobQuery, now: Timestamp) -> JobPage {
        if query.isImpossible { return JobPage(jobs: [], total: nil) }
        var page = JobPage(jobs: [], total: total(of: query))
        let lists = query.searchTerms.map { terms[$0] }
        let all = (lists.min { $0.count < $1.count }?.ids ?? newest).within(lowest: query.lowest, below: query.below)
        // A listing goes as far as it must, a search only so far.
        let looked = query.isPlain ? all : all.suffix(JobQuery.searchWindow)
        var passed = 0
        var last: JobID?
        for id in looked.reversed() {
            // An id that was pruned and enqueued again stands here twice.
            guard id != last, let entry = live(id, now: now), query.matches(entry.record),
                lists.isEmpty || entry.isIndexed
            else { continue }
            last = id
            if passed < query.offset {
                passed += 1
            } else if page.jobs.count < query.limit {
                page.jobs.append(entry.record)
            } else {
                page.next = page.jobs.last?.id
                return page
            }
        }
        if looked.count < all.count { page.next = looked.first }
        return page
    }

    /// How many jobs match, where that is known without looking at each.
    private func total(of query: JobQuery) -> Int? {
        if query.isPlain { return query.state.map { counts[$0] } ?? counts.total }
        guard let term = query.soleTerm else { return nil }
        let count = terms[term].count
        return count <= JobQuery.searchWindow ? count : nil
    }
}
