import Logging
import RoostJobs

/// Fires periodic jobs when they are due. Every node does: the store lets one of them fire a slot.
///
/// What cannot be fired (a schedule that cannot be read, a zone this machine does not have, a job the store refuses) is
/// put off for an hour in the store, so that it neither spins nor holds up the others.
struct CronDuty: Sendable {
    /// Periodic jobs in one step.
    static let batch = 100
    /// How long what cannot be fired is put off.
    static let rest = Duration.seconds(3600)

    let store: any JobStore
    let wait: Duration
    /// Where the rules of time zones are.
    let timeZones: String
    /// How long other nodes get to fire what this one lacks the time zone for.
    var patience = Duration.seconds(10)
    let loop: StoreLoop

    /// - Throws: `CancellationError`.
    func run() async throws {
        var book = CronBook(timeZones: timeZones)
        try await loop.run {
            let due = try await store.dueCrons(limit: Self.batch, wait: wait)
            var isWaiting = false
            for cron in due.crons {
                guard let slot = cron.next else { continue }
                switch book.plan(cron.entry) {
                case .fire(let machine): try await fire(cron.entry, slot, machine, now: due.now)
                case .fault(let why): try await putOff(cron.entry, slot, why, now: due.now, &book)
                case .missingZone(let why, let since):
                    if .now - since < patience {
                        isWaiting = true
                    } else {
                        try await putOff(cron.entry, slot, why, now: due.now, &book)
                    }
                }
            }
            // Due, but left to others for now: asking again at once would be answered at once.
            if isWaiting { try await loop.executor.sleep(for: min(patience, .seconds(1))) }
        }
    }

    private func fire(
        _ entry: CronEntry, _ slot: Timestamp, _ machine: CronMachine, now: Timestamp
    ) async throws(StoreError) {
        let firing = machine.firing(of: entry, waitingFor: slot, now: now)
        do throws(StoreError) {
            let isFirst = try await store.fireCron(entry.name, slot: slot, next: firing.next, jobs: firing.jobs)
            if isFirst, firing.isCut {
                loop.logger.warning(
                    "a periodic job missed more slots than are fired at once, the newest are dropped",
                    metadata: ["cron": "\(entry.name)", "fired": "\(firing.jobs.count)"])
            }
        } catch {
            guard error.code == .invalid else { throw error }
            // Repeating it would be refused again: give up this slot, not the periodic job.
            loop.logger.error(
                "the store refuses a periodic job", metadata: ["cron": "\(entry.name)", "error": "\(error)"])
            _ = try await store.fireCron(entry.name, slot: slot, next: now.advanced(by: Self.rest), jobs: [])
        }
    }

    private func putOff(
        _ entry: CronEntry, _ slot: Timestamp, _ why: String, now: Timestamp, _ book: inout CronBook
    ) async throws(StoreError) {
        if book.isNews(entry) {
            loop.logger.error(
                "a periodic job cannot be fired, trying again each hour",
                metadata: ["cron": "\(entry.name)", "error": "\(why)"])
        }
        _ = try await store.fireCron(entry.name, slot: slot, next: now.advanced(by: Self.rest), jobs: [])
    }
}
