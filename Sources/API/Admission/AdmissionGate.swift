import NIOCore
import Synchronization

/// The door of a server: what its connections and its handlers tell the machine of requests.
final class AdmissionGate: Sendable {
    private let machine = Mutex(AdmissionMachine())

    /// How many are inside.
    var count: Int { machine.withLock { $0.inside } }

    /// How many queue, and whether they have for too long.
    var reading: (queued: Int, isCongested: Bool) { machine.withLock { ($0.queued, $0.isCongested) } }

    func arrive(_ limits: AdmissionLimits) -> Bool { machine.withLock { $0.arrive(limits) } }

    func enter() { machine.withLock { $0.enter() } }

    /// The handler of a connection's request is about to begin; false: it is to be refused instead.
    func start(_ arrival: RequestArrival, _ limits: AdmissionLimits) -> Bool {
        // None: it came behind another one on its connection, and queued for that.
        guard let moment = arrival.take() else { return true }
        return machine.withLock { $0.start(arrival: moment, now: .now(), limits) }
    }

    /// The connection is gone.
    func quit(_ arrival: RequestArrival) { if arrival.take() != nil { machine.withLock { $0.quit() } } }

    func resume() { machine.withLock { $0.resume() } }

    func leave() { machine.withLock { $0.leave() } }
}

/// When the request came that queues on a connection: written on its event loop, taken by its handler, or by the loop when
/// the connection is gone.
final class RequestArrival: Sendable {
    private let moment = Atomic<UInt64>(0)

    func set(_ now: NIODeadline) { moment.store(max(1, now.uptimeNanoseconds), ordering: .relaxed) }

    /// The moment, once.
    func take() -> NIODeadline? {
        let moment = moment.exchange(0, ordering: .relaxed)
        return moment == 0 ? nil : .uptimeNanoseconds(moment)
    }
}
