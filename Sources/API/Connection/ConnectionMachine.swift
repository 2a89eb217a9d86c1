import NIOCore

/// What a connection does with the bytes it gets: which go on to the server, when it is refused, when it is closed.
///
/// A strict reader in front of the lenient one: a request that two readers could take for different ones never gets in.
/// It holds a head until that is whole and checked, and nothing else.
struct ConnectionMachine {
    enum Action: Equatable {
        /// Tell the client to send its body.
        case sendContinue
        /// Answer with the fault and close.
        case refuse(RequestFault)
        /// Break the body that is being read: its route answers.
        case fail(RequestFault)
        /// Close once everything is written.
        case close
        /// Close at once: nothing is under way.
        case drop
    }

    private enum Phase {
        case idle(since: NIODeadline)
        case head(since: NIODeadline)
        case body(left: Int, since: NIODeadline)
        case chunks(ChunkMachine, since: NIODeadline)
        /// Nothing more is read; a fault waits until the requests before it are answered.
        case over(RequestFault?)
    }

    private let limits: ConnectionLimits
    private var phase: Phase
    private var search = HeadSearch()
    /// Requests that went to the server and are not answered yet.
    private(set) var unanswered = 0
    /// How much of its body each of them has sent.
    private var bodies: [Int] = []
    /// How much all of them have.
    private(set) var bodyBytes = 0
    private var isLast = false
    /// Whether the body that comes is that of a request that was turned away.
    private var isSkipping = false
    private var closesAfterReply = false

    init(limits: ConnectionLimits, now: NIODeadline) {
        self.limits = limits
        phase = .idle(since: now)
    }

    /// What to do with bytes.
    struct Received {
        /// So many are dropped.
        var skipped = 0
        /// So many of those behind them go on to the server.
        var forward = 0
        /// The first letters of names that the server must not know.
        var masked: [Int] = []
        /// Requests that are answered here and now, each with whether that was a HEAD: they were turned away.
        var refusals: [Bool] = []
        /// Whether the rest is kept until more comes; else it is dropped.
        var holds = false
        /// What to do then.
        var action: Action?

        /// Bytes that are dealt with.
        fileprivate var taken: Int { skipped + forward }
    }

    /// Takes what is held and what came after it, in one piece. `admits` is asked whether a request may come in that no
    /// other one on the connection is before.
    mutating func receive(
        _ bytes: UnsafeRawBufferPointer, now: NIODeadline,
        admits: (RequestHead, UnsafeRawBufferPointer) -> Bool = { _, _ in true }
    ) -> Received {
        var result = Received()
        do throws(RequestFault) {
            while result.taken < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[result.taken...])
                switch phase {
                case .idle:
                    phase = .head(since: now)
                    search = HeadSearch()
                case .head:
                    guard let end = try search.find(in: rest, limits: limits) else {
                        result.holds = true
                        return result
                    }
                    let bytes = UnsafeRawBufferPointer(rebasing: rest[..<end])
                    let head = try RequestHead(bytes, limits: limits)
                    // Replies keep their order: one that follows another comes in with it.
                    if unanswered == 0, !admits(head, bytes) {
                        result.refusals.append(try turnAway(head, now: now))
                        result.skipped += end
                        continue
                    }
                    for offset in head.upgrades { result.masked.append(result.taken + offset) }
                    result.action = begin(head, isAlone: end == rest.count, now: now)
                    result.forward += end
                case .body(let left, let since):
                    let step = min(left, rest.count)
                    phase = step == left ? next(now) : .body(left: left - step, since: since)
                    if isSkipping { result.skipped += step } else { result.forward += came(step) }
                case .chunks(var chunks, let since):
                    result.forward += came(try chunks.read(rest, from: 0))
                    phase = chunks.isAtEnd ? next(now) : .chunks(chunks, since: since)
                case .over: return result
                }
            }
        } catch {
            result.action = fault(error)
        }
        return result
    }

    private mutating func begin(_ head: RequestHead, isAlone: Bool, now: NIODeadline) -> Action? {
        // Who has sent some of the body already does not wait to be asked for it.
        let action: Action? = head.expectsContinue && isAlone && unanswered == 0 ? .sendContinue : nil
        unanswered += 1
        bodies.append(0)
        isLast = head.isLast
        isSkipping = false
        switch head.framing {
        case .length(0): phase = next(now)
        case .length(let length): phase = .body(left: length, since: now)
        case .chunked: phase = .chunks(ChunkMachine(limit: limits.bodyBytes), since: now)
        }
        return action
    }

    /// Counts bytes of the body that comes.
    private mutating func came(_ count: Int) -> Int {
        // None: its request is answered already.
        guard !bodies.isEmpty else { return count }
        bodies[bodies.count - 1] += count
        bodyBytes += count
        return count
    }

    /// There is no room for more of the body that comes, if one does.
    mutating func refuseBody() -> Action? {
        switch phase {
        case .body, .chunks: fault(.memory)
        case .idle, .head, .over: nil
        }
    }

    /// Passes over a request that did not get in; one that cannot be passed over cheaply ends its connection.
    private mutating func turnAway(_ head: RequestHead, now: NIODeadline) throws(RequestFault) -> Bool {
        guard !head.isLast, !head.expectsContinue, case .length(let length) = head.framing, length <= Overload.keptBody
        else { throw .overload }
        isLast = false
        isSkipping = true
        phase = length == 0 ? next(now) : .body(left: length, since: now)
        return head.isHead
    }

    private func next(_ now: NIODeadline) -> Phase { isLast ? .over(nil) : .idle(since: now) }

    /// A reply is written.
    mutating func answered(now: NIODeadline) -> Action? {
        unanswered = max(0, unanswered - 1)
        if !bodies.isEmpty { bodyBytes -= bodies.removeFirst() }
        if closesAfterReply {
            phase = .over(nil)
            return .close
        }
        guard unanswered == 0 else { return nil }
        switch phase {
        case .over(nil): return .close
        case .over(.some(let fault)):
            phase = .over(nil)
            return .refuse(fault)
        case .idle: phase = .idle(since: now)
        case .head, .body, .chunks: if isLast { return .close }
        }
        return nil
    }

    /// The reply that is about to be written says that the connection closes.
    mutating func replyCloses() { closesAfterReply = true }

    /// The client sends nothing more; what it has asked for is still answered.
    mutating func inputEnded() -> Action? {
        defer { phase = .over(nil) }
        return unanswered == 0 ? .close : nil
    }

    /// Refuses the connection before anything is read.
    mutating func refuse(_ fault: RequestFault) -> Action? { self.fault(fault) }

    /// When `timeOut` must be called, if nothing happens until then.
    var deadline: NIODeadline? {
        switch phase {
        case .idle(let since): unanswered == 0 ? since + limits.idleTime : nil
        case .head(let since): since + limits.headTime
        case .body(_, let since), .chunks(_, let since): since + limits.bodyTime
        case .over: nil
        }
    }

    /// Looks whether a deadline has passed.
    mutating func timeOut(now: NIODeadline) -> Action? {
        guard let deadline, deadline <= now else { return nil }
        switch phase {
        case .idle:
            phase = .over(nil)
            return .drop
        case .head: return fault(.slowHead)
        case .body, .chunks: return fault(.slowBody)
        case .over: return nil
        }
    }

    /// In a head, the fault is answered when its turn comes; in a body, by the route that reads it, unless it has
    /// answered already.
    private mutating func fault(_ fault: RequestFault) -> Action? {
        switch phase {
        case .idle, .head:
            phase = .over(unanswered == 0 ? nil : fault)
            return unanswered == 0 ? .refuse(fault) : nil
        case .body, .chunks:
            phase = .over(nil)
            return unanswered == 0 ? .close : .fail(fault)
        case .over: return nil
        }
    }
}
