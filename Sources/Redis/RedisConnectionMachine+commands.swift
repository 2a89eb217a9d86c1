import NIOCore

/// What becomes of commands and replies while a connection is up.
extension RedisConnectionMachine {
    enum Admission {
        /// In the queue; `drains` is true when the shell has to call `drain` on the event loop.
        case accepted(id: UInt64, drains: Bool)
        case refused(RedisError)
    }

    /// A caller sends; may be called from any thread, under the shell's lock.
    mutating func enqueue(
        _ bytes: [UInt8], replies: Int, isPipeline: Bool, deadline: NIODeadline, waiter: Waiter
    ) -> Admission {
        if phase == .shutDown { return .refused(RedisError(.shutDown, "the client was shut down")) }
        guard replies <= configuration.maximumPendingCommands - pendingCommands else {
            return .refused(RedisError(.unavailable, "\(pendingCommands) commands wait already"))
        }
        guard bytes.count <= configuration.maximumPendingBytes - pendingBytes else {
            return .refused(RedisError(.unavailable, "\(pendingBytes) bytes of commands wait already"))
        }
        let id = nextID
        nextID += 1
        pendingCommands += replies
        pendingBytes += bytes.count
        earliestDeadline = min(earliestDeadline, deadline)
        waiting.append(
            Request(
                id: id, bytes: bytes, replies: replies, isPipeline: isPipeline, deadline: deadline, waiter: waiter))
        defer { drainRequested = true }
        return .accepted(id: id, drains: !drainRequested)
    }

    /// Moves what waits to the channel, one batch at a time.
    mutating func drain(now: NIODeadline) -> Directives {
        var directives = Directives()
        drainRequested = false
        if phase == .idle && !waiting.isEmpty { startConnecting(now, &directives) }
        if phase == .ready && isWritable { write(&directives) }
        arm(&directives)
        return directives
    }

    private mutating func write(_ directives: inout Directives) {
        var size = 0
        while size < batchBytes, var request = waiting.popFirst() {
            guard request.waiter != nil else {  // Cancelled before it was written.
                forget(request)
                continue
            }
            size += request.bytes.count
            directives.output.append(request.bytes)
            if configuration.topology == .server {
                pendingBytes -= request.bytes.count
                request.bytes = []
            }
            sent.append(request)
        }
        if !waiting.isEmpty {
            drainRequested = true
            directives.drains = true
        }
    }

    mutating func writabilityChanged(_ writable: Bool, generation: Int) -> Directives {
        var directives = Directives()
        guard generation == self.generation else { return directives }
        isWritable = writable
        if writable && !waiting.isEmpty && !drainRequested {
            drainRequested = true
            directives.drains = true
        }
        return directives
    }

    /// Replies have arrived, in order.
    mutating func received(_ replies: [RedisValue], generation: Int, now: NIODeadline) -> Directives {
        var directives = Directives()
        for reply in replies {
            guard generation == self.generation else { break }
            switch phase {
            case .greeting: greeted(reply, now, &directives)
            case .ready, .retiring: answer(reply, now, &directives)
            case .idle, .connecting, .backingOff, .shutDown: break
            }
        }
        if phase == .retiring && sent.isEmpty { lose(nil, now, &directives) }
        arm(&directives)
        return directives
    }

    private mutating func answer(_ reply: RedisValue, _ now: NIODeadline, _ directives: inout Directives) {
        guard let request = sent.popFirst() else {
            lose(RedisError(.protocolViolation, "a reply nobody asked for"), now, &directives)
            return
        }
        if case .error(let error) = reply, demandsReconnect(error) {
            phase = .retiring
            lastError = RedisError(error)
            if let owner = error.redirection?.endpoint { directives.redirect = owner }
            // An error reply says that nothing was done, so that it may be sent again: to the server that can do it.
            if configuration.topology != .server && !request.isPipeline && request.waiter != nil {
                refused.append(request)
                return
            }
        } else if !hasAnswered {
            hasAnswered = true
            backoff.succeeded()
        }
        guard request.isPipeline else {
            forget(request)
            directives.complete(request, .reply(reply))
            return
        }
        partial.append(reply)
        guard partial.count == request.replies else {
            sent.prepend(request)
            return
        }
        forget(request)
        directives.complete(request, .replies(partial))
        partial = []
    }

    /// Whether this server will keep refusing, so that another connection is the way out.
    private func demandsReconnect(_ error: RedisServerError) -> Bool {
        if configuration.topology == .cluster {
            // Also when a minority is asked that knows no owner: others may.
            if error.code == "CLUSTERDOWN" { return true }
            // Another slot's owner is no business of this connection: such a key is a mistake of the caller's.
            if let redirection = error.redirection { return redirection.slot == slot }
        }
        return error.demandsReconnect
    }

    /// A request has left the machine.
    mutating func forget(_ request: Request) {
        pendingCommands -= request.replies
        pendingBytes -= request.bytes.count
    }

    /// The waiter of a request gives up. Unwritten requests will not be sent; written ones keep their place.
    mutating func cancel(id: UInt64) -> Directives {
        var directives = Directives()
        if let index = Self.position(of: id, in: sent) {
            let error = RedisError(.cancelled(maybeApplied: true), "cancelled while waiting for the reply")
            directives.complete(sent[index], .failure(error))
            sent[index].waiter = nil
        } else if let index = refused.firstIndex(where: { $0.id == id }) {
            let request = refused.remove(at: index)
            forget(request)
            let error = RedisError(.cancelled(maybeApplied: false), "cancelled before it was sent again")
            directives.complete(request, .failure(error))
        } else if let index = Self.position(of: id, in: waiting) {
            let error = RedisError(.cancelled(maybeApplied: false), "cancelled before it was sent")
            directives.complete(waiting[index], .failure(error))
            pendingBytes -= waiting[index].bytes.count
            waiting[index].bytes = []
            waiting[index].waiter = nil
        }
        return directives
    }

    /// Ids rise along a queue.
    private static func position(of id: UInt64, in queue: CircularBuffer<Request>) -> CircularBuffer<Request>.Index? {
        var low = 0
        var high = queue.count
        while low < high {
            let middle = (low + high) / 2
            if queue[offset: middle].id < id { low = middle + 1 } else { high = middle }
        }
        guard low < queue.count, queue[offset: low].id == id else { return nil }
        return queue.index(queue.startIndex, offsetBy: low)
    }
}
