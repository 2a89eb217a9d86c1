@testable import RoostJobs

extension SimulatedStore {
    mutating func delete(_ id: JobID, now: Timestamp) -> Deletion {
        let before = machine.entries[id]
        if mutant == .deleteTellsNobody, before?.record.state != .running {
            machine.kids[id] = nil
        }
        if mutant == .deletedRuns, before?.record.state == .queued { return .deleted }
        return machine.delete(id, now: now)
    }

    mutating func note(_ ticket: Claim.Ticket, _ progress: [UInt8], now: Timestamp) -> Settlement {
        if mutant == .noteWithoutFence, let entry = machine.entries[ticket.id], entry.record.state == .running {
            let ticket = Claim(job: entry.record, token: entry.token).ticket
            return machine.note(ticket, progress: progress, log: [], now: now)
        }
        let result = machine.note(ticket, progress: progress, log: [], now: now)
        if mutant == .noteIsLost, result == .settled { machine.entries[ticket.id]?.notes.progress = nil }
        return result
    }
}
