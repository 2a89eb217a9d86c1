@testable import RoostJobs

/// A worker as the node's rules make it: claims for its free slots, keeps leases, settles until it is answered. What it
/// does not remember after a crash is gone.
struct SimulatedWorker {
    struct Attempt {
        let ticket: Claim.Ticket
        let outcome: Outcome
        var isSettling = false
    }

    let place: Int
    var incarnation = 0
    var isAlive = true
    var stalledUntil = Timestamp(microseconds: 0)
    var running: [UInt64: Attempt] = [:]
    var isClaiming = false
    static let slots = 3

    var name: String { "w\(place)#\(incarnation)" }
    var free: Int { max(0, Self.slots - running.count) }
}

/// What goes over the simulated network.
enum SimulatedCall {
    case enqueue(NewJob)
    case cancel(JobID)
    case replay(JobID)
    case delete(JobID)
    case setQueue(String, QueueChange)
    case claim(worker: Int, incarnation: Int, limit: Int)
    case extend(worker: Int, incarnation: Int, tickets: [Claim.Ticket])
    case settle(worker: Int, incarnation: Int, ticket: Claim.Ticket, outcome: Outcome)
    case note(worker: Int, incarnation: Int, ticket: Claim.Ticket, progress: [UInt8])
    case rescue(String)
    case fireCron(slot: Timestamp)
    case openBatch
    case closeBatch

    /// Whether the caller asks again when it hears nothing; the others ask anew by themselves.
    var isRepeated: Bool {
        switch self {
        case .claim, .extend, .note, .fireCron: false
        default: true
        }
    }

    /// The worker that asks.
    var worker: (place: Int, incarnation: Int)? {
        switch self {
        case .claim(let place, let incarnation, _), .extend(let place, let incarnation, _),
            .settle(let place, let incarnation, _, _), .note(let place, let incarnation, _, _):
            (place, incarnation)
        default: nil
        }
    }
}

/// What happens at a time.
enum SimulatedEvent {
    case send(SimulatedCall, number: Int)
    case execute(SimulatedCall, number: Int)
    case answer(SimulatedCall, number: Int, SimulatedAnswer)
    case timeout(SimulatedCall, number: Int)
    case attemptEnds(worker: Int, incarnation: Int, token: UInt64)
    case beat(worker: Int, incarnation: Int)
    case crash(worker: Int)
    case restart(worker: Int)
    case stall(worker: Int, Duration)
    case duties
    case scheduler
    case clockStep(Duration)
    case act
}

/// What a worker is told; others have nothing to learn.
enum SimulatedAnswer {
    case claims([Claim])
    case extended(Extended)
    case settled(Settlement)
    case other
}
