import RoostJobs

extension StoreSource {
    /// What came of an action.
    struct Outcome: Sendable {
        /// A sentence.
        var text: String
        /// Whether anything was changed.
        var isDone = true

        static func done(_ text: String) -> Outcome { Outcome(text: text) }
        static func refused(_ text: String) -> Outcome { Outcome(text: text, isDone: false) }
    }

    func perform(_ action: ScreenAction) async throws -> Outcome {
        switch action {
        case .pause(let queue, let isPaused):
            let settings = try await store.setQueue(queue, isPaused ? .pause : .resume)
            return .done("queue \(queue) is \(settings.isPaused ? "paused" : "resumed")")
        case .cancel(let id):
            return switch try await store.cancel(id, reason: "cancelled by \(operatorName)") {
            case .cancelled: .done("job \(id) is cancelled")
            case .requested(let worker): .done("\(worker) was told to stop job \(id)")
            case .ended(let state): .refused("job \(id) had ended before: \(state.rawValue)")
            case .unknown: .refused("there is no job \(id) any more")
            }
        case .replay(let id):
            return switch try await store.replay(id) {
            case .queued: .done("job \(id) is queued again")
            case .refused(let state):
                .refused("job \(id) is \(state.rawValue): only a failed or cancelled one is replayed")
            case .unknown: .refused("there is no job \(id) any more")
            }
        case .delete(let id):
            return switch try await store.delete(id) {
            case .deleted: .done("job \(id) is deleted")
            case .running: .refused("job \(id) is running: cancel it first")
            case .unknown: .refused("there is no job \(id) any more")
            }
        case .pauseCron(let name, let isPaused): return try await pauseCron(name, isPaused)
        case .runCron(let name): return try await runCron(name)
        case .drain(let node, let isDraining):
            guard let drain else { return .refused("no member can be told anything from here") }
            return .done(try await drain(node, isDraining))
        }
    }

    private func pauseCron(_ name: String, _ isPaused: Bool) async throws -> Outcome {
        guard var cron = try await cron(name) else { return .refused("there is no periodic job \(name) any more") }
        let text = "periodic job \(name) is \(isPaused ? "paused" : "resumed")"
        guard cron.entry.isPaused != isPaused else { return .refused(text) }
        guard let schedule = try? CronSchedule(cron.entry.schedule),
            let zone = try? TimeZoneRules(named: cron.entry.timeZone, directory: timeZones)
        else { return .refused("this machine cannot read the schedule of \(name): \(cron.entry.timeZone)") }
        // Slots that passed while it was paused are dropped; the store's time is the one that counts.
        let now = try await store.dueCrons(limit: 1, wait: .zero).now
        guard let next = schedule.next(after: now, in: zone) else { return .refused("\(name) is never due again") }
        cron.entry.isPaused = isPaused
        try await store.putCron(cron.entry, next: next)
        return .done(text)
    }

    /// A job now, outside the schedule.
    private func runCron(_ name: String) async throws -> Outcome {
        guard var job = try await cron(name)?.entry.job else {
            return .refused("there is no periodic job \(name) any more")
        }
        job.id = JobIDGenerator.shared.next()
        job.start = .now
        job.batch = nil
        return switch try await store.enqueue([job]).first {
        case .accepted(let id), .repeated(let id): .done("job \(id) is accepted")
        case .existing(let id): .refused("job \(id) stands for it already")
        case .full(let queue): .refused("queue \(queue) is full")
        case .mismatched, nil: .refused("the store did not accept it")
        }
    }

    private func cron(_ name: String) async throws -> CronStatus? {
        try await store.crons().first { $0.entry.name == name }
    }
}
