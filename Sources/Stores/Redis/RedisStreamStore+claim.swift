public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim] {
        let request = StoreRequest.clamped(request)
        let deadline = ContinuousClock.now + request.wait
        while true {
            let generation = claimable.generation
            let (claims, again) = try await claimWhole(request)
            if !claims.isEmpty || Task.isCancelled { return claims }
            // Behind many entries of jobs that are not to be run any more there may be one.
            if again == 0 { continue }
            let left = deadline - .now
            if left <= .zero { return claims }
            let room = again < 0 ? left : .microseconds(again) + .milliseconds(1)
            await claimable.wait(after: generation, upTo: min(left, room, configuration.recheck))
            if Task.isCancelled { return [] }
        }
    }

    /// A claim on its way is not given up when the caller is cancelled: its jobs would be nobody's for a whole lease.
    private func claimWhole(_ request: ClaimRequest) async throws(StoreError) -> (claims: [Claim], again: Int64) {
        if Task.isCancelled { return ([], -1) }
        // Awaited right here.
        let result = await Task { () async -> Result<(claims: [Claim], again: Int64), StoreError> in
            do throws(StoreError) { return .success(try await self.claimNow(request)) } catch { return .failure(error) }
        }.value
        return try result.get()
    }

    /// The claims, and after how many µs to look again although nothing happened: 0 at once, negative never.
    private func claimNow(
        _ request: ClaimRequest
    ) async throws(StoreError) -> (claims: [Claim], again: Int64) {
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
        guard let elements = reply.elements, elements.count % 4 == 1, let again = elements[0].int else {
            throw StoreError(.corrupt, "claim: unexpected reply")
        }
        var claims: [Claim] = []
        claims.reserveCapacity(elements.count / 4)
        for index in stride(from: 1, to: elements.count, by: 4) {
            guard let id = elements[index].text.flatMap({ JobID($0) }), let blob = elements[index + 1].bytes,
                let state = elements[index + 2].bytes, let token = RedisRecord.token(state),
                let error = elements[index + 3].text,
                let record = RedisRecord.parse(
                    id: id, blob: blob, state: state, result: nil, error: error.isEmpty ? nil : error)
            else { throw StoreError(.corrupt, "claim: a record of an unknown format") }
            claims.append(Claim(job: record, token: token))
        }
        return (claims, again)
    }

    public func extend(_ tickets: [Claim.Ticket], lease: Duration) async throws(StoreError) -> Extended {
        var extended = Extended()
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
            for place in (reply.elements ?? []).compactMap(\.int)
            where (1...UInt64(batch.count)).contains(place.magnitude) {
                let ticket = batch[batch.startIndex + Int(place.magnitude) - 1]
                if place > 0 { extended.lost.append(ticket) } else { extended.cancelled.append(ticket) }
            }
        }
        return extended
    }
}
