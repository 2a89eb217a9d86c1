internal import NIOCore

/// The calls that wait for an answer. A closed table takes no more, so that nothing waits for ever.
///
/// Each call has a slot, and its number says which: nothing is hashed.
struct PendingCalls: Sendable {
    typealias Answer = Result<ByteBuffer, MeshError>

    struct Call: Sendable {
        /// Taken out of the table before it is resumed, so never twice; the table is closed before it is forgotten.
        var waiter: CheckedContinuation<Answer, Never>
        var deadline: NIODeadline
    }

    /// An answer that came, and to which call.
    struct Answered: Sendable {
        var number: UInt64
        var answer: Answer

        init(_ number: UInt64, _ answer: Answer) {
            self.number = number
            self.answer = answer
        }
    }

    /// How many of a number's low bits say the slot; those above make it another each time.
    private static let slotBits: UInt64 = 20
    private static let slotMask: UInt64 = 1 << slotBits - 1
    /// By slot: whose it is, zero when nobody's; and the call, once its caller waits.
    private var numbers: [UInt64] = []
    private var calls: [Call?] = []
    private var free: [Int] = []
    /// Called off before their callers waited.
    private var calledOff: Set<UInt64> = []
    private var lastUse: UInt64 = 0
    private var isClosed = false
    let maximum: Int

    init(maximum: Int) {
        self.maximum = min(max(1, maximum), Int(Self.slotMask))
    }

    /// A number no call has or had. Never zero.
    mutating func takeNumber() -> UInt64 { takeNumber(slot: Self.slotMask) }

    private mutating func takeNumber(slot: UInt64) -> UInt64 {
        lastUse &+= 1
        return lastUse << Self.slotBits | slot
    }

    /// Gives a call its slot: its number, or why there is none.
    mutating func reserve() -> Result<UInt64, MeshError> {
        if isClosed { return .failure(.connectionLost(maybeDelivered: false)) }
        let slot = free.popLast() ?? numbers.endIndex
        if slot == numbers.endIndex {
            if numbers.count >= maximum { return .failure(.overloaded) }
            numbers.append(0)
            calls.append(nil)
        }
        numbers[slot] = takeNumber(slot: UInt64(slot))
        return .success(numbers[slot])
    }

    /// Nil when the call is kept, else why not, and its slot is free.
    mutating func wait(_ call: Call, as number: UInt64) -> MeshError? {
        guard let slot = slot(of: number) else { return .connectionLost(maybeDelivered: false) }
        if !calledOff.isEmpty, calledOff.remove(number) != nil {
            release(slot)
            return .cancelled
        }
        calls[slot] = call
        return nil
    }

    /// When the first of them is over; nil when none waits.
    var firstDeadline: NIODeadline? { calls.lazy.compactMap(\.?.deadline).min() }

    /// Takes those whose time is over.
    mutating func takeExpired(_ now: NIODeadline) -> [Call] {
        calls.indices.compactMap { slot in
            guard let deadline = calls[slot]?.deadline, deadline <= now else { return nil }
            return release(slot)
        }
    }

    /// The call of an answer; nil when it gave up, or never was.
    mutating func take(_ number: UInt64) -> Call? {
        guard let slot = slot(of: number), calls[slot] != nil else { return nil }
        return release(slot)
    }

    /// The call that was called off; nil also when its caller does not wait yet, and then it will not.
    mutating func callOff(_ number: UInt64) -> Call? {
        guard let slot = slot(of: number) else { return nil }
        if calls[slot] == nil {
            calledOff.insert(number)
            return nil
        }
        return release(slot)
    }

    /// All calls; later ones are refused.
    mutating func close() -> [Call] {
        isClosed = true
        defer { (numbers, calls, free, calledOff) = ([], [], [], []) }
        return calls.compactMap(\.self)
    }

    private func slot(of number: UInt64) -> Int? {
        let slot = Int(number & Self.slotMask)
        // Zero is nobody's: a slot that is free, and a PING for which nobody waits.
        return number != 0 && slot < numbers.count && numbers[slot] == number ? slot : nil
    }

    @discardableResult
    private mutating func release(_ slot: Int) -> Call? {
        var call: Call?
        swap(&call, &calls[slot])
        numbers[slot] = 0
        free.append(slot)
        return call
    }
}
