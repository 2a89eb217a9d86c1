import NIOCore

/// What the shell has to do after an input to the ``RedisResolverMachine``.
struct RedisResolverDirectives<Waiter: Sendable>: Sendable {
    /// Ask these servers; the number comes back with what they say.
    var inquire: [(id: Int, of: RedisEndpoint)] = []
    /// Hang up on these.
    var abandon: [Int] = []
    /// Whom to tell what.
    var answers: [(waiter: Waiter, result: Result<RedisEndpoint, RedisError>)] = []
    /// The server is this one now: subscriptions to another one end, and are made anew there.
    var settled: RedisEndpoint?
    /// This one is no longer the server: whoever is connected to it is to leave at once.
    var replaced: RedisEndpoint?
    /// Call `tick` at this time, instead of an earlier request.
    var wakeAt: NIODeadline?
}
