import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

extension RedisCase {
    /// What is in a key, without the base.
    func bytes(_ key: String) async throws -> [UInt8]? {
        try await client.send(RedisCommand("GET", "{roost}:\(key)")).bytes
    }

    func set(_ key: String, _ bytes: [UInt8]) async throws {
        var command = RedisCommand("SET", "{roost}:\(key)")
        command.append(bytes)
        _ = try await client.send(command)
    }

    /// The kinds of keys that a job has: `j`, `s`, `r`, `e`, …
    func kinds(_ id: JobID) async throws -> Set<String> {
        let found = try await redis("KEYS $*:\(id)").elements ?? []
        return Set(
            found.compactMap { $0.text?.dropFirst("{roost}:".count).split(separator: ":").first.map(String.init) })
    }

    /// A job's key taken apart as the layout says: the words of the state's line, the result in it, the record.
    func joined(_ id: JobID) async throws -> (state: [String], result: [UInt8], record: [UInt8]) {
        let all = try #require(try await bytes("j:\(id)"))
        let end = try #require(all.firstIndex(of: 0x0A))
        let state = String(decoding: all[..<end], as: UTF8.self).split(separator: " ").map(String.init)
        try #require(state.first == "3", "\(state)")
        let size = state.count > 11 ? Int(state[11]) ?? 0 : 0
        return (state, Array(all[(end + 1)...].prefix(size)), Array(all[(end + 1)...].dropFirst(size)))
    }

    /// The job's state is in its record, with this letter and these attempts, and everybody reads it so; there are these keys.
    @discardableResult
    func expectJoined(
        _ id: JobID, _ letter: String, attempt: Int, keys: Set<String> = ["j"], record: [UInt8]? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [String] {
        let parts = try await joined(id)
        #expect(Array(parts.state.prefix(3)) == ["3", letter, "\(attempt)"], sourceLocation: sourceLocation)
        #expect(try await kinds(id) == keys, sourceLocation: sourceLocation)
        if let record { #expect(parts.record == record, sourceLocation: sourceLocation) }
        let job = try await store.record(id)
        #expect(job.attempt == attempt && job.state.rawValue.first == letter.first, sourceLocation: sourceLocation)
        #expect(try await store.details(id)?.job == job, sourceLocation: sourceLocation)
        #expect(try await store.list(JobQuery(state: job.state)).jobs.contains(job), sourceLocation: sourceLocation)
        #expect(try await store.check(repair: false).findings == [], sourceLocation: sourceLocation)
        return parts.state
    }
}
