import NIOCore

/// Commands sent together and answered together: one command, or a pipeline.
struct RedisRequest<Waiter: Sendable>: Sendable {
    /// Given out in the order of the queue.
    let id: UInt64
    /// The commands in wire form; emptied once they are handed to the channel, unless a server that is no longer the one
    /// may refuse them.
    var bytes: [UInt8]
    /// How many replies belong to it; at least one.
    let replies: Int
    /// Whether the waiter wants a list of replies.
    let isPipeline: Bool
    /// When the waiter must have its answer.
    let deadline: NIODeadline
    /// Who waits; nil once answered or cancelled. The request keeps its place all the same: replies come in order.
    var waiter: Waiter?
}

/// What a waiter is told.
enum RedisOutcome: Sendable {
    case reply(RedisValue)
    case replies([RedisValue])
    case failure(RedisError)

    /// The reply; an error reply is thrown with the code `server`.
    var value: RedisValue {
        get throws(RedisError) {
            switch self {
            case .reply(.error(let error)): throw RedisError(error)
            case .reply(let value): value
            case .replies(let values): .array(values)
            case .failure(let error): throw error
            }
        }
    }

    /// The replies, however many.
    var values: [RedisValue] {
        get throws(RedisError) {
            switch self {
            case .reply(let value): [value]
            case .replies(let values): values
            case .failure(let error): throw error
            }
        }
    }
}

/// A waiter and what to tell it.
struct RedisCompletion<Waiter: Sendable>: Sendable {
    let waiter: Waiter
    let outcome: RedisOutcome
}
