import FoundationEssentials
import RoostJobs
import RoostRedis
import Testing

/// The scripts of a release that is out there, as it sends them: beside this release, on the same keys.
///
/// Release 1 is the first; release 2 is the last whose done jobs have a place of their own each.
struct ReleasedScripts {
    let release: Int
    let client: RedisClient
    let base = "{roost}:"
    /// What it has claimed.
    struct Claimed: Hashable {
        let id: JobID
        let token: String
        let type: String
    }

    private static let folder = "\(#filePath)".replacing("ReleasedScripts.swift", with: "Fixtures/")

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: URL(filePath: folder + path), encoding: .utf8)
    }

    @discardableResult
    func call(_ name: String, _ arguments: [String]) async throws -> RedisValue {
        var command = RedisCommand("EVAL", try Self.text("release-\(release)/\(name).lua"), "1", base)
        for argument in arguments { command.append(argument) }
        return try await client.send(command)
    }

    private static func spans(_ ttl: Duration) -> String { "300000000 \(ttl.components.seconds * 1_000_000)" }

    func enqueue(
        _ id: JobID, type: String = "t", when: String = "", key: String = "-", ttl: Duration = .seconds(3600)
    ) async throws {
        let fields = [id.description, "q", type, "5", when, key, "3", Self.spans(ttl), "{\"from\":\(release)}"]
        try await call("enqueue", fields + (release == 1 ? [] : [""]))
    }

    /// Many at once that use no feature, by the shortest way this release has.
    func enqueuePlain(_ ids: [JobID]) async throws {
        if release == 1 {
            for id in ids { try await enqueue(id) }
        } else {
            let jobs = ids.flatMap { [$0.description, " \(Self.spans(.seconds(3600))) -\n{}"] }
            #expect(try await call("plain-enqueue", ["q", "5", "t", "3", "\(ids.count)"] + jobs).int == 1)
        }
    }

    func claim(_ worker: String, limit: Int = 1, lease: Duration = .seconds(60)) async throws -> [Claimed] {
        let arguments = [worker, "\(limit)", "\(lease.components.seconds * 1_000_000 + 1)", "1", "q", "-1"]
        var reply = (try await call("claim", arguments).elements ?? [])[...]
        if release > 1 { reply = reply.dropFirst() }
        return stride(from: reply.startIndex, to: reply.endIndex, by: 4).compactMap { place in
            let record = reply[place + 1].text?.split(separator: " ") ?? []
            let state = reply[place + 2].text?.split(separator: " ") ?? []
            guard let id = reply[place].text.flatMap({ JobID($0) }), record.count > 2, state.count > 4 else {
                return nil
            }
            return Claimed(id: id, token: String(state[4]), type: String(record[2]))
        }
    }

    /// Whether it was recorded. The outcome is a letter: `d` done, `f` failed, `y` again after a delay, `b` handed back.
    func settle(_ claim: Claimed, _ outcome: String, _ bytes: String = "{}", span: Int = 3_600_000_000) async throws
        -> Bool
    {
        let lane = ["q", "5", claim.type] + (release == 1 ? [] : [""])
        let fields = [claim.id.description, claim.token, outcome] + lane + ["\(span)", bytes]
        return try await call("settle", fields).elements?.first?.int == 1
    }

    /// Of some that succeeded, whether each was recorded, by the shortest way this release has.
    func done(_ claims: [Claimed]) async throws -> [Bool] {
        var recorded: [Bool] = []
        for claim in claims {
            var reply: Int64 = 2
            if release > 1 {
                let section = ["q", "q|5|\(claim.type)", "3600000000", "1", claim.id.description, claim.token, "{}"]
                reply = try await call("done", section).elements?.first?.int ?? 2
            }
            recorded.append(reply == 2 ? try await settle(claim, "d") : reply == 1)
        }
        return recorded
    }

    /// Whether the claim still holds.
    func extend(_ claim: Claimed, lease: Duration = .seconds(60)) async throws -> Bool {
        let lease = "\(lease.components.seconds * 1_000_000 + 1)"
        // Places of those that are lost are positive.
        let reply = try await call("extend", [lease, claim.id.description, claim.token]).elements ?? []
        return !reply.contains { $0.int == 1 }
    }

    func promote() async throws { try await call("promote", ["10"]) }

    /// The jobs taken back; dead ones have an `f`.
    @discardableResult
    func reclaim(maxCrashes: Int = 1000) async throws -> [String] {
        let rest = (release == 1 ? ["1000000000", "dead after ", " ("] : []) + ["9000000000000000", "0"]
        return (try await call("reclaim", ["10", "\(maxCrashes)"] + rest).elements ?? []).compactMap(\.text)
    }

    @discardableResult
    func prune(keeping most: Int = 1_000_000) async throws -> Int64? {
        let kept = release == 1 ? [] : [String](repeating: "\(most)", count: 3)
        return try await call("prune", ["100", "3600000000"] + kept).int
    }

    /// Fills an empty server with what this release left when it was stopped in the middle of work; times are as long ago
    /// and as far ahead as they were then.
    func restore() async throws {
        let lines = try Self.text("release-\(release)/store.jsonl").split(separator: "\n")
        let time = try #require(try await client.send(RedisCommand("TIME")).elements?.compactMap(\.text))
        let now = try #require(Int(time[0]).map { $0 * 1_000_000 })
        var shift = 0
        for line in lines {
            let words = try JSONDecoder().decode([String].self, from: Data(line.utf8))
            if words[0] == "TIME" {
                shift = now - (Int(words[1]) ?? now)
                continue
            }
            var command = RedisCommand(words[0])
            // Microseconds since 1970 are the numbers of sixteen digits.
            for word in words.dropFirst() {
                let moved = word.replacing(/\b[12]\d{15}\b/) { "\((Int($0.output) ?? 0) + shift)" }
                command.append(moved)
            }
            _ = try await client.send(command)
        }
    }
}
