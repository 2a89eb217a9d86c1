import RoostJobs
import RoostRedis
import Testing

/// A job that a later release has written, as far as it goes: its record or its state begins with a 9.
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
        for key in part == .record ? ["j"] : part == .state ? ["s"] : ["j", "s"] {
            let bytes = try await place.redis("GET $\(key):\(id)").bytes
            before[key] = bytes
            after[key] = Array("9".utf8) + (bytes ?? Array("1 q 0 0 0 - 0 0 0 0 -".utf8)).dropFirst()
        }
        for (key, bytes) in after { try await Self.set("\(key):\(id)", bytes, in: place) }
        let state = try await place.redis("GET $s:\(id)").bytes
        return RedisLaterRecord(id: id, place: place, before: before, after: after, state: state)
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
