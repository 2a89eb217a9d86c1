public import RoostJobs

extension SQLiteStore {
    /// A page. Throws `.unavailable` when it takes longer than the configuration's `readTimeout`.
    public func list(_ query: JobQuery) async throws(StoreError) -> JobPage {
        if query.isImpossible { return JobPage(jobs: [], total: nil) }
        let now = now()
        var page = try await reader.read { connection throws(SQLiteFailure) in
            if query.isPlain, !query.hasBounds { return try connection.newest(query, now: now) }
            return try connection.search(query, now: now)
        }
        if query.isPlain {
            let counts = try await counts()
            page.total = query.state.map { counts[$0] } ?? counts.total
        }
        return page
    }
}

extension SQLiteConnection {
    /// A page of all jobs, or of all in a state.
    fileprivate func newest(_ query: JobQuery, now: Timestamp) throws(SQLiteFailure) -> JobPage {
        let newest = try statement(query.state == nil ? .newest : .newestInState)
        newest.bind(1, now)
        newest.bind(2, query.limit + 1)
        newest.bind(3, query.offset)
        if let state = query.state { newest.bind(4, state) }
        let jobs = try newest.records(of: self)
        let page = Array(jobs.prefix(query.limit))
        return JobPage(jobs: page, total: nil, next: jobs.count > page.count ? page.last?.id : nil)
    }

    /// A page of what matches, and where to go on.
    fileprivate func search(_ query: JobQuery, now: Timestamp) throws(SQLiteFailure) -> JobPage {
        var terms: [(text: String, count: Int)] = []
        for text in query.searchTerms { terms.append((text, try count(of: text, most: JobQuery.searchWindow + 1))) }
        terms.sort { $0.count < $1.count }
        let byState = query.state == nil ? SQLiteQuery.search : .searchInState
        let search = try statement(terms.isEmpty ? byState : .searchByTerm)
        search.bind(1, now)
        search.bind(2, query.limit + 1)
        search.bind(3, query.offset)
        // Between all ids: digits and letters, as SQLite compares them.
        let (below, lowest) = (query.below?.description ?? "~", query.lowest?.description ?? "")
        search.bind(4, below)
        search.bind(5, lowest)
        if let state = query.state { search.bind(6, state) } else { search.bind(6, nil as String?) }
        for (place, filter) in [query.queue, query.type, query.tenant, query.worker, query.smallError].enumerated() {
            search.bind(Int32(7 + place), filter)
        }
        if let rarest = terms.first {
            search.bind(12, rarest.text)
            for place in 0..<SQLiteQuery.otherTerms {
                search.bind(Int32(13 + place), terms.count > place + 1 ? terms[place + 1].text : nil)
            }
        }
        var ids: [JobID] = []
        try search.eachRow { row throws(SQLiteFailure) in ids.append(try row.id(0)) }
        var page = JobPage(jobs: try records(Array(ids.prefix(query.limit)), now: now), total: nil)
        if ids.count > query.limit {
            page.next = ids[query.limit - 1]
        } else {
            page.next = try end(of: query, rarest: terms.first?.text, below, lowest)
        }
        if query.soleTerm != nil, let count = terms.first?.count, count <= JobQuery.searchWindow { page.total = count }
        return page
    }

    /// The last job a search looks at, when there may be more after it.
    private func end(
        of query: JobQuery, rarest: String?, _ below: String, _ lowest: String
    ) throws(SQLiteFailure) -> JobID? {
        let byState = query.state == nil ? SQLiteQuery.searchEnd : .searchEndInState
        let end = try statement(rarest == nil ? byState : .searchEndByTerm)
        end.bind(1, below)
        end.bind(2, lowest)
        if let rarest { end.bind(3, rarest) } else if let state = query.state { end.bind(3, state) }
        var id: JobID?
        try end.eachRow { row throws(SQLiteFailure) in id = try row.id(0) }
        return id
    }

    private func count(of term: String, most: Int) throws(SQLiteFailure) -> Int {
        var count = 0
        let query = try statement(.countTerm)
        query.bind(1, term)
        query.bind(2, most)
        try query.eachRow { row in count = row.count(0) }
        return count
    }
}
