public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim] {
        let request = StoreRequest.clamped(request)
        let deadline = ContinuousClock.now + request.wait
        while true {
            let generation = claimable.generation
            let claims = try await claimWhole(request)
            let left = deadline - .now
            if !claims.isEmpty || left <= .zero || Task.isCancelled { return claims }
            await claimable.wait(after: generation, upTo: min(left, configuration.recheck))
            if Task.isCancelled { return [] }
        }
    }

    /// A claim on its way is not given up when the caller is cancelled: its jobs would be nobody's for a whole lease.
    private func claimWhole(_ request: ClaimRequest) async throws(StoreError) -> [Claim] {
        if Task.isCancelled { return [] }
        // Awaited right here.
        let result = await Task { () async -> Result<[Claim], StoreError> in
            do throws(StoreError) { return .success(try await self.claimNow(request)) } catch { return .failure(error) }
        }.value
        return try result.get()
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
        guard let elements = reply.elements, elements.count % 4 == 0 else {
            throw StoreError(.corrupt, "claim: unexpected reply")
        }
        var claims: [Claim] = []
        claims.reserveCapacity(elements.count / 4)
        for index in stride(from: 0, to: elements.count, by: 4) {
            guard let id = elements[index].text.flatMap({ JobID($0) }), let blob = elements[index + 1].bytes,
                let state = elements[index + 2].bytes, let token = RedisRecord.token(state),
                let error = elements[index + 3].text,
                let record = RedisRecord.parse(
                    id: id, blob: blob, state: state, result: nil, error: error.isEmpty ? nil : error)
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
            for place in (reply.elements ?? []).compactMap(\.int) where (1...Int64(batch.count)).contains(place) {
                lost.append(batch[batch.startIndex + Int(place) - 1])
            }
        }
        return lost
    }
}
