// How many SETs a second 64 tasks get through one connection, each waiting for its reply before the next.
//
//     redis-pipeline redis://127.0.0.1:6379 [tasks [seconds]]
//
// Compare with `redis-benchmark -t set -P 64 -c 1` on the same machine in the same minute: the goal is half of that.
import Logging
import NIOPosix
import RoostRedis

func measure(_ client: RedisClient, tasks: Int, seconds: Int) async throws -> Double {
    let begin = ContinuousClock.now
    let end = begin + .seconds(seconds)
    let total = try await withThrowingTaskGroup(of: Int.self) { group in
        for task in 0..<tasks {
            group.addTask {
                var count = 0
                let key = "bench:\(task)"
                while ContinuousClock.now < end {
                    // The clock is looked at once in a hundred commands.
                    for _ in 0..<100 { try await client.send(RedisCommand("SET", key, "xxx"), deadline: .seconds(10)) }
                    count += 100
                }
                return count
            }
        }
        return try await group.reduce(0, +)
    }
    let (whole, fraction) = (ContinuousClock.now - begin).components
    return Double(total) / (Double(whole) + Double(fraction) / 1e18)
}

let arguments = CommandLine.arguments
guard arguments.count > 1 else {
    print("usage: redis-pipeline URL [tasks [seconds]]")
    throw RedisError(.configuration, "no URL")
}
let tasks = arguments.count > 2 ? min(max(Int(arguments[2]) ?? 64, 1), 10_000) : 64
let seconds = arguments.count > 3 ? min(max(Int(arguments[3]) ?? 3, 1), 60) : 3
let client = RedisClient(
    configuration: try RedisConfiguration(url: arguments[1]),
    eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1), logger: Logger(label: "redis-pipeline"))
for _ in 0..<3 {
    let rate = try await measure(client, tasks: tasks, seconds: seconds)
    print("\(Int(rate)) SET/s with \(tasks) tasks")
}
await client.shutDown()
