import RoostJobs
import RoostRedis
import Testing

/// A job that a later release has written, as far as it goes: its record or its state begins with a 9. Where a record has
/// its state in it, that begins with a 4, or has a field more.
struct RedisLaterRecord {
    enum Part: CaseIterable {
        case record, state, both
    }

    let id: JobID
    private let place: RedisCase
    /// What a release that knows both formats would make of it.
    private let before: [String: [UInt8]]
    private let after: [String: [UInt8]]
    private let state: [UInt8]?

    /// Makes a job unreadable to this release.
    static func plant(_ part: Part, _ id: JobID, in place: RedisCase) async throws -> RedisLaterRecord {
        var before: [String: [UInt8]] = [:]
        var after: [String: [UInt8]] = [:]
        if try await place.redis("GET $layout").text == "3" {
            let bytes = try #require(try await place.redis("GET $j:\(id)").bytes)
            before["j"] = bytes
            after["j"] = joined(part, bytes)
        }
        for key in !after.isEmpty ? [] : part == .record ? ["j"] : part == .state ? ["s"] : ["j", "s"] {
            let bytes = try await place.redis("GET $\(key):\(id)").bytes
            before[key] = bytes
            after[key] = Array("9".utf8) + (bytes ?? Array("1 q 0 0 0 - 0 0 0 0 -".utf8)).dropFirst()
        }
        for (key, bytes) in after { try await Self.set("\(key):\(id)", bytes, in: place) }
        let state = try await place.redis("GET $s:\(id)").bytes
        return RedisLaterRecord(id: id, place: place, before: before, after: after, state: state)
    }

    private static func joined(_ part: Part, _ bytes: [UInt8]) -> [UInt8] {
        // Never claimed: it has none yet.
        let state = bytes.first == UInt8(ascii: "3") ? [] : Array("3 q 0 0 0 - 0 0 0 0 -\n".utf8)
        switch part {
        case .record: return Array("9".utf8) + bytes.dropFirst()
        case .both: return Array("4".utf8) + (state + bytes).dropFirst()
        case .state:
            let all = state + bytes
            let end = all.firstIndex(of: 0x0A) ?? 0
            return all[..<end] + Array(" of later".utf8) + all[end...]
        }
    }

    private static func set(_ key: String, _ bytes: [UInt8], in place: RedisCase) async throws {
        var command = RedisCommand("SET", "{roost}:\(key)")
        command.append(bytes)
        _ = try await place.client.send(command)
    }

    /// Nobody has touched what was planted.
    func expectUntouched(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for (key, bytes) in after {
            let now = try await place.redis("GET $\(key):\(id)").bytes
            #expect(now == bytes, "\(key) of the planted job changed", sourceLocation: sourceLocation)
        }
        let now = try await place.redis("GET $s:\(id)").bytes
        #expect(now == state, "somebody moved what he cannot read", sourceLocation: sourceLocation)
    }

    /// A later process writes it as this release reads it.
    func rewrite() async throws {
        for key in after.keys {
            if let bytes = before[key] {
                try await Self.set("\(key):\(id)", bytes, in: place)
            } else {
                try await place.redis("DEL $\(key):\(id)")
            }
        }
    }
}
