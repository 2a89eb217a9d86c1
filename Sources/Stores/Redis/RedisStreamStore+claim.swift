public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim] {
        let request = try StoreRequest.clamped(request)
        let deadline = ContinuousClock.now + request.wait
        var answer: WaitingClaim.Answer?
        var vainHints = 0
        while true {
            let generation = answer?.generation ?? claimable.generation
            let (claims, again) = try await claimed(request, answer)
            if !claims.isEmpty || Task.isCancelled { return claims }
            if answer?.isHint == true { vainHints += 1 }
            answer = nil
            // Behind many entries of jobs that are not to be run any more there may be one.
            if again == 0 { continue }
            let left = deadline - .now
            if left <= .zero { return claims }
            let room = again < 0 ? left : .microseconds(again) + .milliseconds(1)
            // Of a queue that is paused or at its limit, no more hints: the server's messages are enough.
            answer = await park(
                request, after: generation, upTo: min(left, room, configuration.recheck), heedsHints: vainHints < 3)
            // What was asked for meanwhile is run or handed back by whoever gets it.
            if answer == nil && Task.isCancelled { return [] }
        }
    }

    /// Waits for a job to hear of; nil when there was none to ask for.
    private func park(
        _ request: ClaimRequest, after generation: UInt64, upTo limit: Duration, heedsHints: Bool
    ) async -> WaitingClaim.Answer? {
        var command = ClaimScript.script.command(keys: [keys.base])
        append(request, to: &command)
        let question = command
        return await claimable.wait(after: generation, upTo: limit, turnedAway: nil) { continuation in
            WaitingClaim(
                request: request, heedsHints: heedsHints,
                ask: { [client, configuration] answer in
                    client.send(question, deadline: configuration.deadline) { outcome in
                        if case .success(let reply) = outcome { Self.note(reply, on: request.receipt) }
                        answer(outcome)
                    }
                }, continuation: continuation)
        }
    }

    /// What was answered to a claim that waited, or else to one that is made now; and after how many µs to look again
    /// although nothing happened: 0 at once, negative never.
    private func claimed(
        _ request: ClaimRequest, _ answer: WaitingClaim.Answer?
    ) async throws(StoreError) -> (claims: [Claim], again: Int64) {
        switch answer?.reply {
        case .success(let reply): return try Self.claims(in: reply)
        // The server forgot the script, as it does at a restart: it is told again.
        case .failure(let error) where error.serverError?.code == "NOSCRIPT": break
        case .failure(let error): throw StoreError(error, doing: ClaimScript.script.name)
        case nil: break
        }
        if Task.isCancelled { return ([], -1) }
        try checkOpen()
        // A claim on its way is not given up when the caller is cancelled: its jobs would be nobody's for a whole lease.
        let onReply: (@Sendable (RedisValue) -> Void)? = request.receipt.map { receipt in
            { @Sendable reply in Self.note(reply, on: receipt) }
        }
        let reply = try await link.uncancelled.evaluate(ClaimScript.script, onReply: onReply) { command in
            append(request, to: &command)
        }
        return try Self.claims(in: reply)
    }

    private static func note(_ reply: RedisValue, on receipt: ClaimReceipt?) {
        receipt?.note { ((try? claims(in: reply))?.claims ?? []).map(\.ticket) }
    }

    private func append(_ request: ClaimRequest, to command: inout RedisCommand) {
        command.append(request.worker)
        // A claim of more than a script's share is the caller's next claim.
        command.append(min(request.limit, configuration.batch, 500))
        command.append(request.lease.clampedMicroseconds)
        command.append(request.queues.count)
        for queue in request.queues { command.append(queue) }
        command.append(request.types?.count ?? -1)
        for type in request.types ?? [] { command.append(type) }
    }

    /// Both forms of reply that `ClaimScript` has.
    private static func claims(in reply: RedisValue) throws(StoreError) -> (claims: [Claim], again: Int64) {
        guard let elements = reply.elements, let again = elements.first?.int else {
            throw StoreError(.corrupt, "claim: unexpected reply")
        }
        var claims: [Claim] = []
        if elements.count == 3, let state = elements[1].bytes, let jobs = elements[2].elements {
            let token = RedisRecord.token(state)
            claims.reserveCapacity(jobs.count / 2)
            for index in stride(from: 1, to: jobs.count, by: 2) {
                // The state has the number before the first.
                let place = UInt64(index / 2 + 1)
                let claim = claim(
                    jobs[index], record: jobs[index - 1], state: state, token: token.map { $0 &+ place }, error: nil)
                if let claim { claims.append(claim) }
            }
        } else if elements.count % 4 == 1 {
            claims.reserveCapacity(elements.count / 4)
            for index in stride(from: 1, to: elements.count, by: 4) {
                let state = elements[index + 2].bytes ?? []
                let error = elements[index + 3].text ?? ""
                let claim = claim(
                    elements[index], record: elements[index + 1], state: state, token: RedisRecord.token(state),
                    error: error.isEmpty ? nil : error)
                if let claim { claims.append(claim) }
            }
        } else {
            throw StoreError(.corrupt, "claim: unexpected reply")
        }
        return (claims, again)
    }

    /// One job of a reply; nil when it cannot be read. It is let go then, like one whose worker died: the others of the
    /// reply are this caller's.
    private static func claim(
        _ id: RedisValue, record: RedisValue, state: [UInt8], token: UInt64?, error: String?
    ) -> Claim? {
        guard let id = id.text.flatMap({ JobID($0) }), let blob = record.bytes, let token,
            let record = RedisRecord.parse(id: id, blob: blob, state: state, result: nil, error: error)
        else { return nil }
        return Claim(job: record, token: token)
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
