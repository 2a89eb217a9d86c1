public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim] {
        let request = StoreRequest.clamped(request)
        let deadline = ContinuousClock.now + request.wait
        while true {
            let generation = claimable.generation
            let claims = try await claimNow(request)
            let left = deadline - .now
            if !claims.isEmpty || left <= .zero || Task.isCancelled { return claims }
            await claimable.wait(after: generation, upTo: min(left, configuration.recheck))
            if Task.isCancelled { return [] }
        }
    }

    private func claimNow(_ request: ClaimRequest) async throws(StoreError) -> [Claim] {
        // A claim of more than a script's share is the caller's next claim.
        let limit = min(request.limit, configuration.batch)
        let reply = try await evaluate(ClaimScript.script) { command in
            command.append(request.worker)
            command.append(limit)
            command.append(request.lease.clampedMicroseconds)
            command.append(request.queues.count)
            for queue in request.queues { command.append(queue) }
            command.append(request.types?.count ?? -1)
            for type in request.types ?? [] { command.append(type) }
        }
        guard let elements = reply.elements, elements.count % 3 == 0 else {
            throw StoreError(.corrupt, "claim: unexpected reply")
        }
        var claims: [Claim] = []
        claims.reserveCapacity(elements.count / 3)
        for index in stride(from: 0, to: elements.count, by: 3) {
            guard let id = elements[index].text.flatMap({ JobID($0) }), let blob = elements[index + 1].bytes,
                let state = elements[index + 2].bytes, let token = RedisRecord.token(state),
                let record = RedisRecord.parse(id: id, blob: blob, state: state, result: nil, error: nil)
            else { throw StoreError(.corrupt, "claim: a record of an unknown format") }
            claims.append(Claim(job: record, token: token))
        }
        return claims
    }

    public func extend(_ tickets: [Claim.Ticket], lease: Duration) async throws(StoreError) -> [Claim.Ticket] {
        var lost: [Claim.Ticket] = []
        var rest = tickets[...]
        while !rest.isEmpty {
            let batch = rest.prefix(configuration.batch)
            rest = rest.dropFirst(batch.count)
            let reply = try await evaluate(ExtendScript.script) { command in
                command.append(min(max(.milliseconds(1), lease), .seconds(86_400)).clampedMicroseconds)
                for ticket in batch {
                    command.append(ticket.id.description)
                    command.append(String(ticket.token))
                }
            }
            let ids = Set((reply.elements ?? []).compactMap { $0.text.flatMap { JobID($0) } })
            lost += batch.filter { ids.contains($0.id) }
        }
        return lost
    }
}
