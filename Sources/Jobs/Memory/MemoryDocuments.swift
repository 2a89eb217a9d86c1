/// The documents, logs and meters of a memory store on plain values, and the model of the other stores'.
struct MemoryDocuments: Sendable {
    /// A meter counts for each period by itself.
    struct MeterKey: Hashable, Sendable {
        let name: String
        let period: Int64
    }

    private var collections: [String: [String: Document]] = [:]
    private var logs: [String: [StoredEntry]] = [:]
    private var kept: [String: Int] = [:]
    private var meters: [MeterKey: (window: MeterWindow, end: Timestamp)] = [:]
    /// With how many meters those of windows gone by are looked for next.
    private var mark = SweepMark(least: 1000)
    private var lastPosition: Int64 = 0

    /// How many meters it remembers.
    var meterCount: Int { meters.count }

    func documents(in collection: String) -> [Document] {
        (collections[collection] ?? [:]).values.sorted { $0.name < $1.name }
    }

    func document(_ name: String, in collection: String) -> Document? { collections[collection]?[name] }

    mutating func put(_ name: String, in collection: String, body: [UInt8], replacing version: Int) -> Written {
        let newest = collections[collection]?[name]?.version ?? 0
        guard newest == version else { return .other }
        guard newest > 0 || collections[collection]?.count ?? 0 < Document.mostInCollection else { return .full }
        collections[collection, default: [:]][name] = Document(name: name, version: newest + 1, body: body)
        return .version(newest + 1)
    }

    /// What became of a write.
    enum Written: Equatable {
        case version(Int)
        case other
        case full
    }

    mutating func remove(_ name: String, from collection: String) -> Bool {
        guard collections[collection]?.removeValue(forKey: name) != nil else { return false }
        if collections[collection]?.isEmpty ?? false { collections[collection] = nil }
        return true
    }

    mutating func append(_ entry: [UInt8], to log: String, keeping: Int, now: Timestamp) {
        lastPosition += 1
        logs[log, default: []].append(StoredEntry(position: lastPosition, at: now, body: entry))
        // Those too many are skipped by `entries`, and taken away when they are half of all: removing each at once
        // would move the whole array each time.
        let count = logs[log]?.count ?? 0
        kept[log] = keeping
        if count > 2 * keeping { logs[log]?.removeFirst(count - keeping) }
    }

    func entries(of log: String, before position: Int64?, limit: Int) -> [StoredEntry] {
        let all = (logs[log] ?? []).suffix(kept[log] ?? 0)
        guard let position else { return all.suffix(limit).reversed() }
        // Positions grow, but other logs take some of them: search for the first that is not older.
        var (low, high) = (all.startIndex, all.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if all[middle].position < position { low = middle + 1 } else { high = middle }
        }
        return all[..<low].suffix(limit).reversed()
    }

    mutating func spend(_ spending: Spending, of meter: String, now: Timestamp) -> Allowance {
        let key = MeterKey(name: meter, period: spending.period)
        var window = meters[key]?.window ?? MeterWindow()
        let allowance = window.spend(spending, now: now)
        meters[key] = (window, window.end(spending))
        mark.sweep(&meters) { $0.value.end > now }
        return allowance
    }
}
