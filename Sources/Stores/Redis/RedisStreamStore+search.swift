public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    /// Jobs in one script.
    private static let searchStep = 500

    public func list(_ query: JobQuery) async throws(StoreError) -> JobPage {
        if query.isImpossible { return JobPage(jobs: [], total: nil) }
        let total = try await total(of: query)
        // Failed and cancelled jobs have an index of their own; the whole list is an index too.
        if query.isPlain, !query.hasBounds, query.state != .done, query.state?.isFinal ?? true {
            let index = query.state.map { keys.index($0) } ?? keys.all
            var command = RedisCommand("ZREVRANGE", index)
            command.append(query.offset)
            command.append(query.offset + query.limit)
            let ids = (try await send(command).elements ?? []).compactMap(\.text)
            let page = Array(ids.prefix(query.limit))
            let next = ids.count > query.limit ? page.last.flatMap { JobID($0) } : nil
            return JobPage(jobs: try await read(page, passesOver: .unreadable), total: total, next: next)
        }
        let found = try await search(query)
        let page = Array(found.ids.dropFirst(query.offset).prefix(query.limit))
        let next = found.ids.count > query.offset + query.limit ? page.last : found.rest
        let jobs = try await read(page, passesOver: .unreadable)
        return JobPage(jobs: jobs, total: total, next: next.flatMap { JobID($0) })
    }

    /// The ids of a page, those before it and one more if there is one; and where to go on when the end of what is looked
    /// at came before.
    private func search(_ query: JobQuery) async throws(StoreError) -> (ids: [String], rest: String?) {
        let wanted = query.offset + query.limit + 1
        var ids: [String] = []
        var looked = 0
        var below = query.below?.description ?? ""
        while ids.count < wanted {
            guard looked < JobQuery.searchWindow else { return (ids, below) }
            // Where every job of a word matches, one page of them is enough.
            let window = looked == 0 ? min(Self.searchStep, max(wanted, 100)) : Self.searchStep
            let from = below
            let reply = try await evaluate(SearchScript.script) { command in
                command.append(window)
                command.append(from)
                command.append(query.lowest?.description ?? "")
                command.append(query.state?.letter ?? "")
                for filter in [query.queue, query.type, query.tenant, query.worker, query.smallError] {
                    command.append(filter ?? "")
                }
                for term in query.searchTerms { command.append(term) }
            }
            guard let elements = reply.elements, elements.count >= 2, let count = elements[0].int,
                let last = elements[1].text
            else { throw StoreError(.corrupt, "search: unexpected reply") }
            ids += elements.dropFirst(2).compactMap(\.text)
            looked += window
            below = last
            if count < window { break }
        }
        return (ids, nil)
    }

    /// How many jobs match, where that is known without looking at each.
    private func total(of query: JobQuery) async throws(StoreError) -> Int? {
        if query.isPlain {
            let counts = try await counts()
            return query.state.map { counts[$0] } ?? counts.total
        }
        guard let term = query.soleTerm else { return nil }
        let count = try await send(RedisCommand("ZCARD", keys.term(term))).int ?? 0
        return count <= JobQuery.searchWindow ? Int(clamping: count) : nil
    }
}
