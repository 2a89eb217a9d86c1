import NIOCore

/// How a connection comes and goes.
extension RedisConnectionMachine {
    /// A connection is wanted now, although no command waits yet.
    mutating func start(now: NIODeadline) -> Directives {
        var directives = Directives()
        if phase == .idle { startConnecting(now, &directives) }
        arm(&directives)
        return directives
    }

    mutating func startConnecting(_ now: NIODeadline, _ directives: inout Directives) {
        backoff.connecting(at: now)
        generation += 1
        phase = .connecting
        attemptDeadline = now + connectTimeout
        directives.connect = generation
    }

    /// The channel is open; returns nil when nobody wants it any more, and the shell closes it.
    mutating func opened(generation: Int, now: NIODeadline) -> Directives? {
        guard generation == self.generation, phase == .connecting else { return nil }
        var directives = Directives()
        do throws(RedisError) {
            let greeting = try RedisGreeting(configuration)
            self.greeting = greeting
            phase = .greeting
            isWritable = true
            hasAnswered = false
            directives.output = [greeting.bytes]
        } catch {
            lose(error, now, &directives)
        }
        arm(&directives)
        return directives
    }

    mutating func greeted(_ reply: RedisValue, _ now: NIODeadline, _ directives: inout Directives) {
        switch greeting?.received(reply) {
        case .waiting: break
        case .failed(let error): lose(error, now, &directives)
        case .passed, nil:
            greeting = nil
            phase = .ready
            since = now
            lastError = nil
            connects += 1
            directives.notice = .connected
            if !waiting.isEmpty && !drainRequested {
                drainRequested = true
                directives.drains = true
            }
        }
    }

    /// The channel has closed, or the connect failed.
    mutating func closed(_ error: RedisError?, generation: Int, now: NIODeadline) -> Directives {
        var directives = Directives()
        guard generation == self.generation else { return directives }
        switch phase {
        case .connecting, .greeting, .ready:
            let closed = RedisError(.connectionLost(maybeApplied: !sent.isEmpty), "the server closed the connection")
            lose(error ?? closed, now, &directives)
        case .retiring: lose(nil, now, &directives)
        case .idle, .backingOff, .shutDown: break
        }
        arm(&directives)
        return directives
    }

    /// The connection is given up: whoever waits for its replies hears so, and the next connect is set.
    /// - Parameter error: nil when it is given up in order, with `lastError` set before.
    mutating func lose(_ error: RedisError?, _ now: NIODeadline, _ directives: inout Directives) {
        if let error { lastError = error }
        let reason = lastError ?? RedisError(.connectionLost(maybeApplied: true), "the connection was lost")
        if phase == .ready || phase == .retiring {
            since = now
            directives.notice = .lost(reason)
        } else {
            directives.notice = .connectFailed(reason)
        }
        failSent(Self.lost(reason), &directives)
        for request in refused.reversed() {
            waiting.prepend(request)
            earliestDeadline = min(earliestDeadline, request.deadline)
        }
        refused = []
        generation += 1
        greeting = nil
        directives.closes = true
        directives.output = []
        phase = .backingOff(until: backoff.failed(at: now))
    }

    private static func lost(_ reason: RedisError) -> RedisError {
        if reason.code == .protocolViolation { return reason }
        return RedisError(
            .connectionLost(maybeApplied: true), "no reply before the connection ended: \(reason.message)")
    }

    private mutating func failSent(_ error: RedisError, _ directives: inout Directives) {
        for request in sent {
            forget(request)
            directives.complete(request, .failure(error))
        }
        sent.removeAll()
        partial = []
    }

    /// Time has passed: begins connects that are due and ends waits that were long enough.
    mutating func tick(now: NIODeadline) -> Directives {
        var directives = Directives()
        armed = nil
        switch phase {
        case .backingOff(let until) where now >= until: startConnecting(now, &directives)
        case .connecting where now >= attemptDeadline, .greeting where now >= attemptDeadline:
            lose(RedisError(.unavailable, "no connection within \(configuration.connectTimeout)"), now, &directives)
        default: break
        }
        if now >= earliestDeadline && phase != .shutDown { sweep(now, &directives) }
        arm(&directives)
        return directives
    }

    private mutating func sweep(_ now: NIODeadline, _ directives: inout Directives) {
        lastSweep = now
        if sent.contains(where: { $0.deadline <= now }) { timeOutSent(now, &directives) }
        let reason = lastError.map { ": \($0.message)" } ?? ""
        let error = RedisError(.unavailable, "no connection within the command's deadline\(reason)")
        var kept = CircularBuffer<Request>(initialCapacity: waiting.count)
        for request in waiting {
            if request.waiter != nil && request.deadline > now {
                kept.append(request)
            } else {
                forget(request)
                directives.complete(request, .failure(error))
            }
        }
        waiting = kept
        earliestDeadline = .distantFuture
        for request in waiting { earliestDeadline = min(earliestDeadline, request.deadline) }
        for request in sent { earliestDeadline = min(earliestDeadline, request.deadline) }
    }

    /// Replies come in order, so one that is missing hides all after it: the connection is of no more use, whether
    /// the server hangs or the network drops our packets.
    private mutating func timeOutSent(_ now: NIODeadline, _ directives: inout Directives) {
        let error = RedisError(.timedOut(maybeApplied: true), "no reply within the command's deadline")
        for index in sent.indices where sent[index].deadline <= now {
            directives.complete(sent[index], .failure(error))
            sent[index].waiter = nil
        }
        lose(error, now, &directives)
    }

    /// Ends everything, for good.
    mutating func shutDown(now: NIODeadline) -> Directives {
        var directives = Directives()
        guard phase != .shutDown else { return directives }
        if phase == .ready { since = now }
        let error = RedisError(.shutDown, "the client was shut down")
        failSent(RedisError(.connectionLost(maybeApplied: true), "the client was shut down"), &directives)
        for request in refused + waiting { directives.complete(request, .failure(error)) }
        refused = []
        waiting.removeAll()
        pendingCommands = 0
        pendingBytes = 0
        generation += 1
        greeting = nil
        lastError = error
        phase = .shutDown
        directives.closes = true
        return directives
    }
}
