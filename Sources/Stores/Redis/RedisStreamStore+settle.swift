import RoostJobs
import RoostRedis

extension RedisStreamStore {
    static func settle(
        _ items: [(Claim.Ticket, Outcome)], client: RedisClient, keys: RedisKeys, deadline: Duration
    ) async throws(StoreError) -> [Settlement] {
        let reply = try await evaluate(SettleScript.script, client: client, keys: keys, deadline: deadline) { command in
            for (ticket, outcome) in items { append(ticket, outcome, to: &command) }
        }
        guard let elements = reply.elements, elements.count == items.count else {
            throw StoreError(.corrupt, "settle: unexpected reply")
        }
        return elements.map { $0.int == 1 ? .settled : .leaseLost }
    }

    private static func append(_ ticket: Claim.Ticket, _ outcome: Outcome, to command: inout RedisCommand) {
        command.append(ticket.id.description)
        command.append(String(ticket.token))
        let (letter, span, bytes): (String, Duration, [UInt8]) =
            switch outcome {
            case .succeeded(let result): ("d", ticket.resultTTL, result)
            case .failed(let error): ("f", JobDefaults.deadTTL, Array(ErrorText.cut(error).utf8))
            case .cancelled(let reason): ("c", ticket.resultTTL, Array(ErrorText.cut(reason).utf8))
            case .retry(let delay, let error): ("y", clamped(delay), Array(ErrorText.cut(error).utf8))
            case .released: ("b", .zero, [])
            case .snoozed(let delay): ("z", clamped(delay), [])
            }
        command.append(letter)
        command.append(ticket.queue)
        command.append(ticket.priority)
        command.append(ticket.type)
        command.append(ticket.tenant ?? "")
        command.append(span.clampedMicroseconds)
        command.append(bytes)
    }

    private static func clamped(_ delay: Duration) -> Duration { min(max(.zero, delay), JobLimits.longest) }
}
