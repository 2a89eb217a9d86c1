import RoostJobs

/// What a check found so far, by kind.
struct SQLiteFindings: Sendable {
    private struct Kind: Sendable {
        var count = 0
        var examples: [String] = []
        var isRepaired = true
    }

    private var kinds: [String: Kind] = [:]

    var all: [StoreReport.Finding] {
        kinds.sorted { $0.key < $1.key }.map { kind, found in
            .init(
                kind: kind, detail: found.examples.joined(separator: ", "), count: found.count,
                isRepaired: found.isRepaired)
        }
    }

    mutating func add(_ kind: String, _ example: String, isRepaired: Bool) {
        kinds[kind, default: Kind()].count += 1
        if kinds[kind]?.examples.count ?? 0 < 10 { kinds[kind]?.examples.append(example) }
        if !isRepaired { kinds[kind]?.isRepaired = false }
    }

    mutating func add(_ others: SQLiteFindings) {
        for (kind, found) in others.kinds {
            var sum = kinds[kind, default: Kind()]
            sum.count += found.count
            sum.examples = Array((sum.examples + found.examples).prefix(10))
            sum.isRepaired = sum.isRepaired && found.isRepaired
            kinds[kind] = sum
        }
    }
}
