import RoostJobs
import RoostRedis

extension StoreCheck {
    /// Queued jobs whose entry is looked for at once: some 16 MB.
    private static let candidates = 200_000
    /// How often a lane that grows while it is looked at is followed.
    private static let rounds = 50

    /// A queued job as it was when it was listed.
    private struct Queued {
        let id: String
        let state: String
    }

    /// Looks whether every queued job has its entry, and every lane with entries is listed.
    mutating func lookAtLanes() async throws(StoreError) {
        var after = ""
        repeat {
            var lanes: [String: [Queued]] = [:]
            var count = 0
            repeat {
                let reply = try await evaluate(CheckQueuedScript.script, [after, "\(Self.window)"])
                let words = (reply.elements ?? []).map { $0.text ?? "" }
                for index in stride(from: 1, to: words.count - 2, by: 3) {
                    lanes[words[index + 1], default: []].append(Queued(id: words[index], state: words[index + 2]))
                    count += 1
                }
                after = words.first ?? ""
            } while !after.isEmpty && count < Self.candidates
            for (lane, jobs) in lanes.sorted(by: { $0.key < $1.key }) { try await look(at: lane, for: jobs) }
        } while !after.isEmpty
    }

    /// Goes through a lane's entries; what is not among them is looked for again and then missing.
    private mutating func look(at lane: String, for jobs: [Queued]) async throws(StoreError) {
        var missing = Dictionary(jobs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var from = ""
        for _ in 0..<Self.rounds {
            from = try await walk(lane, from: from, &missing)
            var isSure = true
            for part in Array(missing.values).chunks(of: Self.window) {
                let words = part.flatMap { [$0.id, $0.state] }
                let reply = try await evaluate(CheckEntriesScript.script, [repair ? "1" : "0", lane, from] + words)
                if reply.text == "again" {
                    isSure = false
                    break
                }
                find(reply)
                for job in part { missing[job.id] = nil }
            }
            // The lane has grown by more than a window: see what came, and ask again.
            if isSure { return }
        }
    }

    /// Takes the jobs of a lane's entries off; returns the last entry seen.
    private mutating func walk(
        _ lane: String, from start: String, _ missing: inout [String: Queued]
    ) async throws(StoreError) -> String {
        var from = start
        while true {
            let reply = try await evaluate(CheckLaneScript.script, [repair ? "1" : "0", lane, from])
            guard let parts = reply.elements, parts.count >= 3, let last = parts[0].text else {
                throw StoreError(.corrupt, "check-lane: unexpected reply")
            }
            find(parts[2])
            for id in parts[3...] { missing[id.text ?? ""] = nil }
            from = last
            if parts.count - 3 < Self.window { return from }
        }
    }

    /// Looks whether every claimed entry is a running job's.
    mutating func lookAtPending() async throws(StoreError) {
        var cursor = "0"
        repeat {
            let (lanes, next) = try await scanned("SSCAN", "streams", cursor)
            for lane in lanes {
                var from = "-"
                repeat {
                    let reply = try await evaluate(CheckPendingScript.script, [repair ? "1" : "0", lane.name, from])
                    find(reply.elements?.last)
                    let last = reply.elements?.first?.text ?? ""
                    from = last.isEmpty ? "" : "(" + last
                } while !from.isEmpty
            }
            cursor = next
        } while cursor != "0"
    }

    /// Looks whether this version can read settings and periodic jobs. What it cannot may be of a newer one: left alone.
    mutating func lookAtDefinitions() async throws(StoreError) {
        for (index, kind) in [("queues", "queue"), ("cron", "cron")] {
            var cursor = "0"
            repeat {
                let (members, next) = try await scanned("HSCAN", index, cursor)
                for (name, value) in members {
                    let isKnown =
                        kind == "queue"
                        ? QueueSettingsText.parse(value.text ?? "") != nil
                        : CronText.parse(value.bytes ?? [], name: name) != nil
                    if !isKnown { find("unreadable", "\(kind) \(name)", isRepaired: false) }
                }
                cursor = next
            } while cursor != "0"
        }
    }
}

extension Array {
    /// The elements in order, `size` at a time.
    fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
