import RoostJobs
import RoostRedis

extension StoreLink {
    /// Records how attempts ended: those that succeeded in the script that costs least, and together in `SettleScript` all
    /// others and those about which that script does not decide.
    func settle(_ items: [AttemptEnd]) async throws(StoreError) -> [Settlement] {
        var settlements = [Settlement](repeating: .settled, count: items.count)
        var rest: [Int] = []
        let done = DoneSection.sections(of: items, rest: &rest)
        if !done.isEmpty {
            let places = done.flatMap(\.members)
            let replies = try await replies(to: DoneScript.script, count: places.count) { command in
                for section in done { section.append(items, to: &command) }
            }
            for (place, reply) in zip(places, replies) {
                if reply == 2 { rest.append(place) } else if reply == 0 { settlements[place] = .leaseLost }
            }
        }
        if !rest.isEmpty {
            let replies = try await replies(to: SettleScript.script, count: rest.count) { command in
                for place in rest { Self.append(items[place].ticket, items[place].outcome, to: &command) }
            }
            for (place, reply) in zip(rest, replies) where reply != 1 { settlements[place] = .leaseLost }
        }
        return settlements
    }

    private func replies(
        to script: RedisScript, count: Int, arguments: (inout RedisCommand) -> Void
    ) async throws(StoreError) -> [Int64] {
        let reply = try await evaluate(script, arguments)
        // One number for all of them, or one for each.
        if let all = reply.int { return [Int64](repeating: all, count: count) }
        guard let elements = reply.elements, elements.count == count else {
            throw StoreError(.corrupt, "\(script.name): unexpected reply")
        }
        return elements.map { $0.int ?? 0 }
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

/// Attempts that succeeded, of jobs in one lane that are kept for one time.
private struct DoneSection {
    /// The first of them, which stands for what they have in common.
    private let model: Claim.Ticket
    /// Whether their records may have their states before them.
    private let isSmall: Bool
    private(set) var members: [Int]

    /// Those that succeeded, by lane and time; the places of the others go to `rest`.
    static func sections(of items: [AttemptEnd], rest: inout [Int]) -> [DoneSection] {
        var sections: [DoneSection] = []
        for (place, item) in items.enumerated() {
            guard case .succeeded = item.outcome, item.ticket.tenant == nil else {
                rest.append(place)
                continue
            }
            if let section = sections.lastIndex(where: { $0.takes(item) }) {
                sections[section].members.append(place)
            } else if sections.count < 64 {
                sections.append(DoneSection(model: item.ticket, isSmall: isSmall(item), members: [place]))
            } else {
                // So many lanes at once that looking for the right one costs more than it spares.
                rest.append(place)
            }
        }
        return sections
    }

    private static func isSmall(_ item: AttemptEnd) -> Bool { item.payloadBytes <= ScriptPrelude.small.record }

    private func takes(_ item: AttemptEnd) -> Bool {
        let ticket = item.ticket
        return Self.isSmall(item) == isSmall && model.priority == ticket.priority && model.resultTTL == ticket.resultTTL
            && model.queue == ticket.queue
            && model.type == ticket.type
    }

    func append(_ items: [AttemptEnd], to command: inout RedisCommand) {
        command.append(model.queue)
        command.append("\(model.queue)|\(model.priority)|\(model.type)")
        command.append(model.resultTTL.clampedMicroseconds)
        command.append(isSmall ? 1 : 0)
        command.append(members.count)
        for place in members {
            command.append(items[place].ticket.id.description)
            command.append(String(items[place].ticket.token))
            if case .succeeded(let result) = items[place].outcome { command.append(result) } else { command.append("") }
        }
    }
}
