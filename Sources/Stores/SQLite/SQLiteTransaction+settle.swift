import RoostJobs

extension SQLiteTransaction {
    /// Records how an attempt ended, if the ticket still fits.
    func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) throws(SQLiteFailure) -> Settlement {
        guard let token = Int64(exactly: ticket.token) else { return .leaseLost }
        let isRecorded =
            if case .succeeded(let result) = outcome {
                try succeed(ticket, token, result)
            } else if let attempt = try attempt(ticket, token) {
                try stop(attempt, outcome)
            } else {
                false
            }
        guard isRecorded else { return try wasSettled(ticket, token) ? .settled : .leaseLost }
        try ended(ticket.id, token: ticket.token)
        return .settled
    }

    private func succeed(_ ticket: Claim.Ticket, _ token: Int64, _ result: [UInt8]) throws(SQLiteFailure) -> Bool {
        // Most jobs nobody waits for: then nothing is read.
        var spot = JobSpot(ticket, flags: [])
        if isAwaited(ticket) {
            guard let attempt = try attempt(ticket, token) else { return false }
            spot = attempt.spot
        }
        let succeed = try connection.statement(.succeed)
        bind(ticket, token, to: succeed)
        succeed.bind(8, now)
        try succeed.run(7, borrowing: result)
        guard connection.changes == 1 else { return false }
        moved(spot, from: .running, to: .done)
        add { $0.done += 1 }
        try tell(spot, .done)
        return true
    }

    /// An attempt that did not succeed.
    private func stop(_ attempt: JobAttempt, _ outcome: Outcome) throws(SQLiteFailure) -> Bool {
        let spot = attempt.spot
        let wish = wish(spot.id)
        switch outcome {
        case .succeeded: return false
        case .cancelled(let reason): try end(spot, .cancelled, wish ?? reason)
        case .failed(let error):
            try keepFailure(of: attempt, error)
            try end(spot, .failed, error, flags: .failures)
        case .retry(let delay, let error):
            try keepFailure(of: attempt, error)
            let time = now.advanced(by: max(.zero, delay))
            if let wish {
                try end(spot, .cancelled, wish, flags: .failures)
            } else if let deadline = attempt.deadline, time >= deadline {
                try end(spot, .failed, error, flags: .failures)
            } else {
                add { $0.retried += 1 }
                try requeue(attempt, runAt: delay > .zero ? time : nil, error: error, flags: .failures)
            }
        case .released, .snoozed:
            let delay = if case .snoozed(let delay) = outcome { delay } else { Duration.zero }
            let runAt = delay > .zero ? now.advanced(by: delay) : nil
            if let wish {
                try end(spot, .cancelled, wish)
            } else if let runAt, let deadline = attempt.deadline, runAt >= deadline {
                try end(spot, .failed, ErrorText.deadline, uncounted: true)
            } else {
                try requeue(attempt, runAt: runAt, isCounted: false)
            }
        }
        return true
    }

    /// Queues the job again, now or later.
    func requeue(
        _ attempt: JobAttempt, runAt: Timestamp?, error: String? = nil, isCounted: Bool = true, flags: JobFlags = []
    ) throws(SQLiteFailure) {
        let spot = attempt.spot
        let state: JobState = runAt == nil ? .queued : .scheduled
        let number = isCounted ? attempt.attempt : max(0, attempt.attempt - 1)
        let requeue = try connection.statement(.requeue)
        requeue.bind(1, spot.id)
        requeue.bind(2, state)
        requeue.bind(3, runAt)
        requeue.bind(4, error.map(ErrorText.cut))
        requeue.bind(5, number)
        requeue.bind(6, nextSequence())
        requeue.bind(7, attempt.deadline)
        requeue.bind(8, flags.rawValue)
        try requeue.run()
        moved(spot, from: .running, to: state)
        if let runAt { scheduled(for: runAt) }
        overdue(at: attempt.deadline)
    }

    /// Keeps what is to be known of an attempt that failed.
    func keepFailure(of attempt: JobAttempt, _ error: String) throws(SQLiteFailure) {
        let insert = try connection.statement(.insertFailure)
        insert.bind(1, attempt.spot.id)
        insert.bind(2, attempt.attempt)
        insert.bind(3, attempt.startedAt ?? now)
        insert.bind(4, now)
        insert.bind(5, attempt.worker ?? "")
        insert.bind(6, ErrorText.cut(error))
        try insert.run()
        guard attempt.attempt > JobLimits.attemptsKept else { return }
        let drop = try connection.statement(.dropFailures)
        drop.bind(1, attempt.spot.id)
        drop.bind(2, JobLimits.attemptsKept)
        try drop.run()
    }

    /// The attempt a ticket is for; nil if the ticket does not fit.
    func attempt(_ ticket: Claim.Ticket, _ token: Int64) throws(SQLiteFailure) -> JobAttempt? {
        var found: JobAttempt?
        let query = try connection.statement(.attempt)
        bind(ticket, token, to: query)
        try query.eachRow { row throws(SQLiteFailure) in found = try JobAttempt(row: row) }
        return found
    }

    private func bind(_ ticket: Claim.Ticket, _ token: Int64, to statement: SQLiteStatement) {
        statement.bind(1, ticket.id)
        statement.bind(2, token)
        statement.bind(3, repeated: ticket.queue)
        statement.bind(4, repeated: ticket.type)
        statement.bind(5, ticket.priority)
        statement.bind(6, repeated: ticket.tenant)
    }

    /// Whether the job moved on under this very ticket: a claim that was taken back has lost its token.
    private func wasSettled(_ ticket: Claim.Ticket, _ token: Int64) throws(SQLiteFailure) -> Bool {
        var wasSettled = false
        let settled = try connection.statement(.settled)
        settled.bind(1, ticket.id)
        settled.bind(2, token)
        try settled.eachRow { _ in wasSettled = true }
        return wasSettled
    }
}
