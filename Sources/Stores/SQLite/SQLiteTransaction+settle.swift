import RoostJobs

extension SQLiteTransaction {
    /// Records how an attempt ended, if the ticket still fits.
    func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) throws(SQLiteFailure) -> Settlement {
        guard let token = Int64(exactly: ticket.token) else { return .leaseLost }
        let isRecorded =
            switch outcome {
            case .succeeded(let result): try finish(ticket, token, .done, result: result)
            case .failed(let error): try finish(ticket, token, .failed, error: error, ttl: JobDefaults.deadTTL)
            case .cancelled(let reason): try finish(ticket, token, .cancelled, error: reason)
            case .retry(let delay, let error): try handBack(ticket, token, after: delay, error: error)
            case .released: try handBack(ticket, token, after: .zero, isCounted: false)
            case .snoozed(let delay): try handBack(ticket, token, after: delay, isCounted: false)
            }
        guard isRecorded else { return try wasSettled(ticket, token) ? .settled : .leaseLost }
        ended(ticket.id, token: ticket.token)
        switch outcome {
        case .succeeded: add { $0.done += 1 }
        case .failed: add { $0.failed += 1 }
        case .retry: add { $0.retried += 1 }
        case .released, .snoozed, .cancelled: break
        }
        return .settled
    }

    /// Ends the job; false if the ticket does not fit. Without `ttl` the record is kept for its own time to live.
    private func finish(
        _ ticket: Claim.Ticket, _ token: Int64, _ state: JobState, result: [UInt8]? = nil, error: String? = nil,
        ttl: Duration? = nil
    ) throws(SQLiteFailure) -> Bool {
        let finish = try connection.statement(.finish)
        finish.bind(1, state)
        finish.bind(2, result)
        finish.bind(3, error.map(ErrorText.cut))
        finish.bind(4, now)
        finish.bind(5, ttl?.clampedMicroseconds)
        bind(ticket, token, to: finish)
        try finish.run()
        guard connection.changes == 1 else { return false }
        moved(ticket.queue, from: .running, to: state)
        return true
    }

    /// Queues the job again, now or later; false if the ticket does not fit.
    private func handBack(
        _ ticket: Claim.Ticket, _ token: Int64, after delay: Duration, error: String? = nil, isCounted: Bool = true
    ) throws(SQLiteFailure) -> Bool {
        let runAt = delay > .zero ? now.advanced(by: delay) : nil
        let state: JobState = runAt == nil ? .queued : .scheduled
        let handBack = try connection.statement(.handBack)
        handBack.bind(1, state)
        handBack.bind(2, runAt)
        handBack.bind(3, error.map(ErrorText.cut))
        handBack.bind(4, isCounted ? 0 : 1)
        handBack.bind(5, nextSequence())
        bind(ticket, token, to: handBack)
        try handBack.run()
        guard connection.changes == 1 else { return false }
        moved(ticket.queue, from: .running, to: state)
        if let runAt {
            scheduled(for: runAt)
        } else {
            joined(ticket.queue, priority: ticket.priority, type: ticket.type)
        }
        return true
    }

    private func bind(_ ticket: Claim.Ticket, _ token: Int64, to statement: SQLiteStatement) {
        statement.bind(6, ticket.id)
        statement.bind(7, token)
        statement.bind(8, ticket.queue)
        statement.bind(9, ticket.type)
        statement.bind(10, ticket.priority)
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
