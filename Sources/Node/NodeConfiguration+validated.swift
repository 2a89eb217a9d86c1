import Glibc
import RoostJobs

extension NodeConfiguration {
    /// Four jobs a core.
    public static var defaultConcurrency: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) * 4 }

    /// What stores know the node by: its name and its incarnation.
    public var worker: String { Self.worker(name: name, incarnation: incarnation) }

    /// What stores know the node of that name and incarnation by, for those who look after other nodes.
    public static func worker(name: String, incarnation: String) -> String { "\(name)#\(incarnation)" }

    /// The pools its jobs run in; empty when a queue is not acceptable.
    public var pools: [PoolPlan] {
        let shares = queues.map { QueueShare($0) }
        return shares.contains(nil) ? [] : PoolPlan.plans(shares.compactMap { $0 }, concurrency: concurrency)
    }

    /// The names of the queues it takes jobs from.
    public var queueNames: [String] { queues.compactMap { QueueShare($0)?.queue } }

    /// The configuration with its numbers within their limits.
    /// - Throws: the first name that is not acceptable.
    public func validated() throws(NodeConfigurationError) -> NodeConfiguration {
        guard (1...150).contains(name.utf8.count), name.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else {
            throw .invalidName(name)
        }
        guard (1...40).contains(incarnation.utf8.count), incarnation.utf8.allSatisfy(Self.isAllowed) else {
            throw .invalidIncarnation(incarnation)
        }
        guard (1...100).contains(queues.count) else { throw .invalidQueueCount(queues.count) }
        let (tick, hour) = (Duration.milliseconds(10), Duration.seconds(3600))
        var valid = self
        valid.queues = try Self.shares(queues).map(\.description)
        valid.concurrency = min(max(1, concurrency), 10_000)
        valid.claimBatch = min(max(1, claimBatch), 200)
        valid.claimWait = min(max(tick, claimWait), .seconds(60))
        valid.lease = min(max(.milliseconds(100), lease), hour)
        valid.extendEvery = min(max(tick, extendEvery), valid.lease / 2)
        valid.sweep = min(max(tick, sweep), hour)
        valid.prune = min(max(tick, prune), hour)
        valid.drain = min(max(.zero, drain), .seconds(86_400))
        valid.handBack = min(max(.zero, handBack), hour)
        valid.maxCrashes = min(max(1, maxCrashes), 1000)
        valid.cancelGrace = min(max(.zero, cancelGrace), hour)
        valid.announceEvery = min(max(tick, announceEvery), hour)
        valid.announceTTL = min(max(valid.announceEvery * 3, announceTTL), .seconds(86_400))
        return valid
    }

    /// The queues, each once.
    private static func shares(_ texts: [String]) throws(NodeConfigurationError) -> [QueueShare] {
        var shares: [QueueShare] = []
        for text in texts {
            guard let share = QueueShare(text) else { throw .invalidQueue(text) }
            guard let same = shares.first(where: { $0.queue == share.queue }) else {
                shares.append(share)
                continue
            }
            if same != share { throw .ambiguousQueue(share.queue) }
        }
        return shares
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
        default: false
        }
    }
}

/// A name that cannot be used.
public enum NodeConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No member may be called that.
    case invalidName(String)
    /// No incarnation may be called that.
    case invalidIncarnation(String)
    /// No queue may be called that; see `JobName`.
    case invalidQueue(String)
    /// A queue is listed twice, with different numbers of slots.
    case ambiguousQueue(String)
    /// A node takes jobs from 1 to 100 queues.
    case invalidQueueCount(Int)

    /// The same in a sentence.
    public var description: String {
        switch self {
        case .invalidName(let name): "\(name.debugDescription) cannot name a node: 1 to 150 bytes without white space"
        case .invalidIncarnation(let text): "\(text.debugDescription) cannot name an incarnation"
        case .invalidQueue(let queue): "\(queue.debugDescription) is no queue: a name, or a name=number of its slots"
        case .ambiguousQueue(let queue): "queue \(queue.debugDescription) is listed with different numbers of slots"
        case .invalidQueueCount(let count): "a node takes jobs from 1 to 100 queues, not \(count)"
        }
    }
}
