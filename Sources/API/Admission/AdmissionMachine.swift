import NIOCore

/// Who comes in when more is asked for than can be served. A pure machine: no clock, no connection.
///
/// A limit of their number alone bounds no time: as many requests as may be inside are soon served when they are small,
/// and are not when each is ten thousand jobs. So the time they queue is bounded too, as CoDel does it (Nichols and
/// Jacobson, "Controlling Queue Delay", ACM Queue 10(5), 2012; RFC 8289): a queue that is longer than `target` may be a
/// burst, which passes by itself; one that was never shorter during an `interval` is a standing queue, which makes all
/// wait and serves nobody sooner. Then, as servers do it (Maurer, "Fail at Scale", ACM Queue 13(8), 2015), those who come
/// are turned away at the door, before their body is looked at, until the queue is short again; and those who have queued
/// for more than twice the target are turned away when their turn comes, which empties the queue that there is.
struct AdmissionMachine {
    /// Who came in and is not answered; those who wait for something to happen have left.
    private(set) var inside = 0
    /// Of these, those whose handler has not begun.
    private(set) var queued = 0
    /// Whether there is a standing queue.
    private(set) var isCongested = false
    /// Since when nobody queued for less than the target.
    private var longSince: NIODeadline?

    /// One has come; false: it is turned away.
    mutating func arrive(_ limits: AdmissionLimits) -> Bool {
        guard inside < limits.inside else { return false }
        // Whoever finds nobody queued would wait behind nobody.
        guard !isCongested || queued == 0 else { return false }
        enter()
        return true
    }

    /// One has come that must not be turned away.
    mutating func enter() {
        inside += 1
        queued += 1
    }

    /// The turn of one that came at `arrival`; false: it is turned away now.
    mutating func start(arrival: NIODeadline, now: NIODeadline, _ limits: AdmissionLimits) -> Bool {
        queued = max(0, queued - 1)
        let wait = now - arrival
        // Somebody must queue behind it, or there is no queue that stands.
        guard wait > limits.target, queued > 0 else {
            longSince = nil
            isCongested = false
            return true
        }
        let since = longSince ?? now
        longSince = since
        if now - since >= limits.interval { isCongested = true }
        return !isCongested || wait <= limits.patience
    }

    /// One that queued is gone.
    mutating func quit() { queued = max(0, queued - 1) }

    /// One that had left is served again.
    mutating func resume() { inside += 1 }

    /// One is answered, waits for something to happen, or is gone.
    mutating func leave() { inside = max(0, inside - 1) }
}
