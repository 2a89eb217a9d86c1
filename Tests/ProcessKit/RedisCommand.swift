import FoundationEssentials
public import RoostTestKit

/// The real `redis-cli`.
public enum RedisCommand {
    /// What the command answered.
    @discardableResult
    public static func run(_ command: [String], _ redis: RedisServer) throws -> String {
        let file = "\(redis.directory)/answer-\(UInt32.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let client = try ChildProcess.start("redis-cli", ["-p", "\(redis.port)"] + command, output: file)
        guard client.wait(milliseconds: 10_000) != nil else { throw Surprise("redis-cli did not end") }
        return (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    }
}
