import RoostJobs
import RoostRedis

extension RedisStreamStore {
    /// The lanes' streams with their lengths and consumer groups, as a JSON object for `GET /jobs/stats`: at most 100
    /// lanes. `{"error":…}` when Redis does not answer.
    public func streamsDocument() async -> [UInt8] {
        do throws(StoreError) {
            let lanes = (try await send(RedisCommand("SMEMBERS", keys.base + "streams")).elements ?? [])
                .compactMap(\.text).sorted().prefix(100)
            var length = 0
            var streams: [String] = []
            for lane in lanes {
                let key = keys.base + "q:" + lane
                let entries = try await send(RedisCommand("XLEN", key)).int ?? 0
                length = length.addingReportingOverflow(Int(clamping: entries)).partialValue
                let groups = try await groups(key)
                // Keys are made of names without quotes or backslashes: they need no escaping.
                streams.append("{\"stream\":\"\(key)\",\"length\":\(entries),\"consumerGroups\":[\(groups)]}")
            }
            let head =
                "{\"stream\":\"\(keys.base)q:*\",\"length\":\(length),\"consumerGroups\":[\"roost\"],\"streams\":["
            return Array((head + streams.joined(separator: ",") + "]}").utf8)
        } catch {
            return Array("{\"error\":\"The job store is not reachable\"}".utf8)
        }
    }

    private func groups(_ key: String) async throws(StoreError) -> String {
        let reply: RedisValue
        do throws(StoreError) {
            reply = try await send(RedisCommand("XINFO", "GROUPS", key))
        } catch {
            // A lane that went since it was listed.
            if error.code == .corrupt { return "" }
            throw error
        }
        return (reply.elements ?? []).map { group in
            let fields = group.elements ?? []
            let members = stride(from: 0, to: fields.count - 1, by: 2).compactMap { index -> String? in
                guard let name = fields[index].text else { return nil }
                if let number = fields[index + 1].int { return "\"\(name)\":\(number)" }
                return fields[index + 1].text.map { "\"\(name)\":\"\($0)\"" }
            }
            return "{\(members.joined(separator: ","))}"
        }.joined(separator: ",")
    }
}
