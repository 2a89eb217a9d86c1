import RoostJobs

/// A set of slots and the queues whose jobs run in them.
public struct PoolPlan: Sendable, Equatable {
    /// The name of the pool that queues without a number share.
    public static let shared = "shared"

    /// What consoles call it: the queue it is for, or `shared`.
    public let name: String
    /// The queues it takes jobs from, first come first.
    public let queues: [String]
    /// How many of their jobs run at a time.
    public let concurrency: Int
    /// Whether it is for the queues without a number.
    let isShared: Bool

    /// A pool of its own for each queue with a number, and one for the others, if there are any.
    static func plans(_ queues: [QueueShare], concurrency: Int) -> [PoolPlan] {
        let others = queues.filter { $0.concurrency == nil }.map(\.queue)
        let own = queues.compactMap { share in
            share.concurrency.map {
                PoolPlan(name: share.queue, queues: [share.queue], concurrency: $0, isShared: false)
            }
        }
        if others.isEmpty { return own }
        return [PoolPlan(name: shared, queues: others, concurrency: concurrency, isShared: true)] + own
    }

    /// What its claim loop is called.
    var duty: String { isShared ? "claim" : "claim \(name)" }
}

/// A queue as a person lists it for a node: `default`, or `media=2` for two slots of its own.
public struct QueueShare: Sendable, Equatable, LosslessStringConvertible {
    /// The queue.
    public let queue: String
    /// Slots that only its jobs use, 1 to 10,000; nil: it shares the node's.
    public let concurrency: Int?

    /// Parses `NAME` or `NAME=NUMBER`; nil for what names no queue or gives it no slots. More than 10,000 are 10,000.
    public init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first.map(String.init), JobName.isValid(name) else { return nil }
        queue = name
        guard parts.count == 2 else {
            concurrency = nil
            return
        }
        // `Int("+5")` is 5.
        guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(parts[1]), number > 0 else {
            return nil
        }
        concurrency = min(number, 10_000)
    }

    public var description: String { concurrency.map { "\(queue)=\($0)" } ?? queue }
}
