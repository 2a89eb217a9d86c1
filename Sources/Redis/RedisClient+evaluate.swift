import NIOCore

extension RedisClient {
    /// Runs a script by its SHA-1 and, when the server does not know it (any more), once by its source.
    ///
    /// When too few replicas confirm a script that is to be confirmed in half the deadline, this throws a time-out of
    /// something that may have been applied: the server has it, and a failover would lose it.
    /// - Parameters:
    ///   - keys: KEYS.
    ///   - deadline: for each of the two attempts; nil means the configuration's.
    ///   - delivery: how to send and wait.
    ///   - arguments: appends ARGV.
    /// - Throws: ``RedisError``; the script's own errors have the code `server`.
    @discardableResult
    public func evaluate(
        _ script: RedisScript, keys: [String], deadline: Duration? = nil,
        delivery: RedisDelivery = RedisDelivery(), arguments: (inout RedisCommand) -> Void = { _ in }
    ) async throws(RedisError) -> RedisValue {
        var tail = RedisCommand(String(keys.count))
        for key in keys { tail.append(key) }
        arguments(&tail)
        let replicas = script.isConfirmed ? min(max(0, configuration.confirmingReplicas), 16) : 0
        let deadline = deadline ?? configuration.commandDeadline
        do {
            return try await run(RedisCommand("EVALSHA", script.sha1, tail), replicas, deadline, delivery)
        } catch {
            guard error.serverError?.code == "NOSCRIPT" else { throw error }
            return try await run(RedisCommand("EVAL", script.source, tail), replicas, deadline, delivery)
        }
    }

    private func run(
        _ command: RedisCommand, _ replicas: Int, _ deadline: Duration, _ delivery: RedisDelivery
    ) async throws(RedisError) -> RedisValue {
        guard replicas > 0 else {
            return try await send(RedisParcel(command, deadline: deadline, delivery)).value
        }
        // In one flush; no other command waits longer for it than a round trip to the replicas.
        let patience = deadline.clampedTimeAmount.nanoseconds / 2_000_000
        let wait = RedisCommand("WAIT", String(replicas), String(max(1, patience)))
        let replies = try await send(RedisParcel(pipeline: [command, wait], deadline: deadline, delivery)).values
        guard replies.count == 2 else { throw RedisError(.protocolViolation, "not as many replies as commands") }
        if case .error(let error) = replies[0] { throw RedisError(error) }
        if case .error(let error) = replies[1] {
            throw RedisError(.timedOut(maybeApplied: true), "no replica can be asked to confirm: \(error)")
        }
        guard let confirmed = replies[1].int, confirmed >= replicas else {
            throw RedisError(
                .timedOut(maybeApplied: true),
                "\(replies[1].int ?? 0) of \(replicas) replicas confirmed within half the deadline")
        }
        return replies[0]
    }
}

extension RedisCommand {
    /// A name, a first argument, and the parts of `tail` after them.
    fileprivate init(_ name: String, _ first: String, _ tail: RedisCommand) {
        self.init(name, first)
        storage += tail.storage
        lengths += tail.lengths
    }
}
