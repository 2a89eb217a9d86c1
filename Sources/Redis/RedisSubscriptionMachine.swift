/// The rules of a subscription's connection: greeting, SUBSCRIBE, then messages, with a PING that must be answered.
struct RedisSubscriptionMachine: Sendable {
    enum Event {
        case nothing
        case write([UInt8])
        case subscribed
        case message(channel: String, payload: [UInt8])
        case failed(RedisError)
    }

    private enum Phase {
        case greeting(RedisGreeting)
        case subscribing(missing: Int)
        case active
    }

    private let subscribe: [UInt8]
    private let ping: [UInt8]
    private let count: Int
    private var phase: Phase
    private var hasHeard = true

    /// The bytes to send when the connection opens.
    let opening: [UInt8]

    init(_ configuration: RedisConfiguration, channels: [String]) throws(RedisError) {
        guard !channels.isEmpty else { throw RedisError(.configuration, "subscribe needs a channel") }
        var command = RedisCommand("SUBSCRIBE")
        for channel in channels { command.append(channel) }
        subscribe = try command.wireBytes()
        ping = try RedisCommand("PING").wireBytes()
        let greeting = try RedisGreeting(configuration)
        opening = greeting.bytes
        phase = .greeting(greeting)
        count = channels.count
    }

    mutating func received(_ reply: RedisValue) -> Event {
        hasHeard = true
        switch phase {
        case .greeting(var greeting):
            let progress = greeting.received(reply)
            phase = .greeting(greeting)
            switch progress {
            case .waiting: return .nothing
            case .failed(let error): return .failed(error)
            case .passed:
                phase = .subscribing(missing: count)
                return .write(subscribe)
            }
        case .subscribing, .active: return pushed(reply)
        }
    }

    private mutating func pushed(_ reply: RedisValue) -> Event {
        if case .error(let error) = reply { return .failed(RedisError(error)) }
        guard let parts = reply.elements, let kind = parts.first?.text else {
            return .failed(RedisError(.protocolViolation, "an unexpected reply on a subscription"))
        }
        switch kind {
        case "message" where parts.count == 3:
            return .message(channel: parts[1].text ?? "", payload: parts[2].bytes ?? [])
        case "subscribe": return confirmed()
        default: return .nothing  // The answer to PING is ["pong", ""].
        }
    }

    private mutating func confirmed() -> Event {
        guard case .subscribing(let missing) = phase else { return .nothing }
        phase = missing > 1 ? .subscribing(missing: missing - 1) : .active
        return missing > 1 ? .nothing : .subscribed
    }

    /// An interval has passed: silence since the last one means the other side is gone.
    mutating func tick() -> Event {
        guard case .active = phase else {
            return .failed(RedisError(.unavailable, "no subscription within the time to connect"))
        }
        guard hasHeard else {
            return .failed(RedisError(.timedOut(maybeApplied: false), "the subscription's PING was not answered"))
        }
        hasHeard = false
        return .write(ping)
    }
}
