extension OutboundQueue {
    /// Of the control lane's line.
    private static let control = 0

    func number(of lane: OutboundLane) -> Int? {
        if case .control = lane { return Self.control }
        return numbers[lane]
    }

    /// A line for a lane that has none.
    mutating func use(_ lane: OutboundLane) -> Int {
        let line = OutboundLine(lane: lane, credit: usesCredit && lane.needsCredit ? .window : nil)
        let number = spares.popLast() ?? lines.endIndex
        if number == lines.endIndex { lines.append(line) } else { lines[number] = line }
        numbers[lane] = number
        return number
    }

    /// The lane of a line is as good as never used.
    mutating func spare(_ number: Int) {
        guard number != Self.control else { return }
        numbers[lines[number].lane] = nil
        spares.append(number)
    }
}
