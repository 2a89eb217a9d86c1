/// One measured number.
struct BenchFigure {
    /// What was done: `enqueue-bulk`.
    var scenario: String
    /// What was counted: `jobs/s`, `p50 ms`.
    var values: [(name: String, value: Double)]

    /// How many runs this is the median of.
    var medianOf: Int?

    /// The median of each value over several runs of a scenario; nil of none.
    static func median(_ runs: [BenchFigure]) -> BenchFigure? {
        guard let first = runs.first else { return nil }
        let values = first.values.map { name, _ in
            let all = runs.compactMap { run in run.values.first { $0.name == name }?.value }.sorted()
            return (name: name, value: all[all.count / 2])
        }
        return BenchFigure(scenario: first.scenario, values: values, medianOf: runs.count)
    }

    /// One line for a person.
    func line(store: String, durability: String) -> String {
        let head = JobText.pad(scenario, 13) + " \(store), \(durability)" + (medianOf.map { ", median of \($0)" } ?? "")
        return head + ": " + values.map { "\($0.name) \(Self.short($0.value))" }.joined(separator: "  ")
    }

    /// A JSON object.
    func json(store: String, durability: String) -> [UInt8] {
        var members = JSONMembers()
        members.add("scenario", scenario)
        members.add("store", store)
        members.add("durability", durability)
        members.add("median_of", medianOf)
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
