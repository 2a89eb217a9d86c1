/// One measured number.
struct BenchFigure {
    /// What was done: `enqueue-bulk`.
    var scenario: String
    /// What was counted: `jobs/s`, `p50 ms`.
    var values: [(name: String, value: Double)]

    /// One line for a person.
    var line: String {
        JobText.pad(scenario, 20) + " " + values.map { "\($0.name) \(Self.short($0.value))" }.joined(separator: "  ")
    }

    /// A JSON object.
    func json(store: String, durability: String) -> [UInt8] {
        var members = JSONMembers()
        members.add("scenario", scenario)
        members.add("store", store)
        members.add("durability", durability)
        for (name, value) in values where value.isFinite { members.add(name, json: Array("\(value)".utf8)) }
        return members.bytes
    }

    static func short(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        if abs(value) >= 1000 { return String(Int(value)) }
        return String((value * 100).rounded() / 100)
    }
}

extension [Int64] {
    /// The value below which this share of the sorted values lies.
    func quantile(_ share: Double) -> Double {
        isEmpty ? .nan : Double(self[Swift.min(count - 1, Int(Double(count) * share))])
    }
}
