import RoostJobs
import RoostRedis

/// One check of a whole store: looks at everything in windows, beside the work that goes on, and gathers what does not fit.
struct StoreCheck {
    let store: RedisStreamStore
    let repair: Bool
    private var report = StoreReport()
    private var places: [String: Int] = [:]

    /// Members or keys in one script.
    static let window = 500

    init(_ store: RedisStreamStore, repair: Bool) {
        self.store = store
        self.repair = repair
    }

    /// Looks at everything; the order lets each part build on what the ones before have put right.
    mutating func run() async throws(StoreError) -> StoreReport {
        try await lookAtKeys()
        try await countJobs()
        for index in ["scheduled", "leases", "expiry", "overdue", "slots", "batchexpiry", "ix:f", "ix:c", "needed"] {
            try await lookAtIndex(index, scan: "ZSCAN")
        }
        // A member may stand for as many jobs as others are looked at in one script.
        for index in ["ix:d", "expiry-groups"] { try await lookAtIndex(index, scan: "ZSCAN", window: 10) }
        for index in ["cancels", "waits", "watched", "lastslots"] { try await lookAtIndex(index, scan: "HSCAN") }
        try await lookAtLanes()
        try await lookAtPending()
        try await lookAtDefinitions()
        return report
    }

    /// Adds one thing that does not fit.
    mutating func find(_ kind: String, _ what: String, isRepaired: Bool) {
        guard let place = places[kind] else {
            places[kind] = report.findings.count
            report.findings.append(.init(kind: kind, detail: what, count: 1, isRepaired: isRepaired))
            return
        }
        report.findings[place].count += 1
        if report.findings[place].count <= 10 { report.findings[place].detail += ", " + what }
    }

    /// Adds what a script found: pairs of a kind and what it is about.
    mutating func find(_ reply: RedisValue?) {
        let words = (reply?.elements ?? []).map { $0.text ?? "" }
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            find(words[index], words[index + 1], isRepaired: repair && words[index] != "unreadable")
        }
    }

    /// Counts every job and looks at each.
    private mutating func countJobs() async throws(StoreError) {
        let token = JobIDGenerator.shared.next().description
        var after = ""
        do throws(StoreError) {
            repeat {
                let reply = try await evaluate(
                    CheckJobsScript.script, [repair ? "1" : "0", token, after, "\(Self.window)"])
                guard let parts = reply.elements, parts.count == 3, let last = parts[0].text, let jobs = parts[1].int
                else {
                    throw StoreError(.unavailable, "another check is under way, or this one was interrupted: try again")
                }
                report.jobs += Int(clamping: jobs)
                find(parts[2])
                after = last
            } while !after.isEmpty
        } catch {
            // So that the next check need not wait for this one's traces to go by themselves.
            if !after.isEmpty { _ = try? await evaluate(CheckJobsScript.script, ["0", token, after, "0"]) }
            throw error
        }
    }

    /// Looks whether every key belongs to something.
    private mutating func lookAtKeys() async throws(StoreError) {
        let base = store.keys.base
        let kinds = [
            "j", "s", "r", "e", "p", "l", "h", "parents", "k", "kids", "told", "bm", "t",
            "docs", "meter",
        ].map { base + $0 + ":" }
        var cursor = "0"
        repeat {
            let reply = try await store.send(RedisCommand("SCAN", cursor, "MATCH", base + "*", "COUNT", "1000"))
            cursor = reply.elements?.first?.text ?? "0"
            let keys = (reply.elements?.last?.elements ?? []).compactMap(\.text)
                .filter { key in kinds.contains { key.utf8.starts(with: $0.utf8) } }
                .map { String(decoding: $0.utf8.dropFirst(base.utf8.count), as: UTF8.self) }
            try await each(keys, CheckKeysScript.script, [])
            try await lookAtTerms(keys)
            try await lookAtDocuments(keys)
        } while cursor != "0"
    }

    /// Looks whether every member of an index is where it says.
    private mutating func lookAtIndex(
        _ index: String, scan: String, window: Int = Self.window
    ) async throws(StoreError) {
        var cursor = "0"
        repeat {
            let (members, next) = try await scanned(scan, index, cursor, count: window)
            try await each(members.map(\.name), CheckIndexScript.script, [index], window: window)
            cursor = next
        } while cursor != "0"
    }

    /// Runs a script on the names, a window at a time.
    private mutating func each(
        _ names: [String], _ script: RedisScript, _ arguments: [String], window: Int = Self.window
    ) async throws(StoreError) {
        var rest = names[...]
        while !rest.isEmpty {
            find(try await evaluate(script, [repair ? "1" : "0"] + arguments + rest.prefix(window)))
            rest = rest.dropFirst(window)
        }
    }

    /// A step through a hash or a sorted set, with the values or scores, or through a set.
    func scanned(
        _ command: String, _ index: String, _ cursor: String, count: Int = 500
    ) async throws(StoreError) -> (members: [(name: String, value: RedisValue)], cursor: String) {
        let reply = try await store.send(RedisCommand(command, store.keys.base + index, cursor, "COUNT", "\(count)"))
        let elements = reply.elements?.last?.elements ?? []
        let step = command == "SSCAN" ? 1 : 2
        let members = stride(from: 0, to: elements.count - step + 1, by: step).compactMap { index in
            elements[index].text.map { (name: $0, value: elements[index + step - 1]) }
        }
        return (members, reply.elements?.first?.text ?? "0")
    }

    /// Runs a script.
    func evaluate(_ script: RedisScript, _ arguments: [String]) async throws(StoreError) -> RedisValue {
        try await store.evaluate(script) { command in for argument in arguments { command.append(argument) } }
    }
}
