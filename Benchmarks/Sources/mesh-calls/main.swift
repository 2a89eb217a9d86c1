// How many calls a second a mesh carries, and what one costs, beside a plain length-prefixed NIO echo in the same run.
//
//     mesh-calls [rounds [seconds [kind callers]]]
//
// Two members in one process, each with an event loop of its own, and a TCP connection between them; the echo has its
// two ends on the same two loops. Bodies of 157 bytes, 1 and 64 callers, in interleaved rounds. Goal: at least half of
// the echo with bytes, a fifth with JSON. With a kind (echo, bytes or json) and a number of callers: that alone, for a
// profiler.
import Glibc
import Logging
import NIOPosix
import RoostCluster

struct Greeting: Codable, Sendable {
    var name: String
    var numbers: [Int]
    var text: String
}

let rounds = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 5 : 5
let seconds = CommandLine.arguments.count > 2 ? Double(CommandLine.arguments[2]) ?? 1 : 1
let only = CommandLine.arguments.count > 4 ? CommandLine.arguments[3] : nil
let callerCounts = CommandLine.arguments.count > 4 ? [Int(CommandLine.arguments[4]) ?? 64] : [1, 64]
let here = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let there = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let body = [UInt8](repeating: 0x61, count: 157)
let greeting = Greeting(name: "swift", numbers: Array(1...20), text: String(repeating: "x", count: 60))

func processorTime() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

struct Figure {
    var rate: Double
    var cost: Double
}

func measure(_ callers: Int, _ call: @escaping @Sendable () async throws -> Void) async throws -> Figure {
    let (begin, used) = (ContinuousClock.now, processorTime())
    let end = begin + .seconds(seconds)
    let calls = try await withThrowingTaskGroup(of: Int.self) { tasks in
        for _ in 0..<callers {
            tasks.addTask {
                var count = 0
                while ContinuousClock.now < end {
                    for _ in 0..<20 { try await call() }
                    count += 20
                }
                return count
            }
        }
        return try await tasks.reduce(0, +)
    }
    let (whole, part) = (ContinuousClock.now - begin).components
    return Figure(
        rate: Double(calls) / (Double(whole) + Double(part) / 1e18),
        cost: (processorTime() - used) * 1e6 / Double(calls))
}

func mesh(_ group: MultiThreadedEventLoopGroup) async throws -> Mesh {
    let listener = try await MeshListener.bind(host: "127.0.0.1", port: 0, eventLoopGroup: group)
    guard let name = MemberName(role: .worker, host: "127.0.0.1", port: listener.boundPort) else {
        throw MeshError.notConnected
    }
    let services = MeshServices()
    try services.register("bytes", concurrency: 64) { message in message.body }
    try services.register("json", concurrency: 64) { (greeting: Greeting, _: MemberID) in greeting }
    return try Mesh(
        me: Member(name: name, roles: [.worker], version: "bench"), listener: listener,
        configuration: MeshConfiguration(cluster: "bench", cookies: [.wellKnown(cluster: "bench")]), services: services,
        eventLoopGroup: group, logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
}

func median(_ figures: [Double]) -> Double { figures.isEmpty ? .nan : figures.sorted()[figures.count / 2] }

let echo = try await Echo(here: here, there: there)
let (one, two) = (try await mesh(here), try await mesh(there))
try await withThrowingTaskGroup(of: Void.self) { running in
    for mesh in [one, two] { running.addTask { await mesh.run() } }
    for mesh in [one, two] { mesh.setMembers([one.me, two.me]) }
    while !one.peers.contains(where: \.isConnected) { try await Task.sleep(for: .milliseconds(10)) }
    let target = two.me.name
    let kinds: [(String, @Sendable () async throws -> Void)] = [
        ("echo", { _ = try await echo.call(body) }),
        ("bytes", { _ = try await one.call(target, "bytes", body) }),
        ("json", { _ = try await one.call(target, "json", encoding: greeting, as: Greeting.self) }),
    ]
    for callers in callerCounts {
        var rates: [String: [Double]] = [:]
        var costs: [String: [Double]] = [:]
        for _ in 0..<rounds {
            for (name, call) in kinds where only.map({ $0 == name }) ?? true {
                let figure = try await measure(callers, call)
                rates[name, default: []].append(figure.rate)
                costs[name, default: []].append(figure.cost)
            }
        }
        for (name, _) in kinds where !(rates[name] ?? []).isEmpty {
            let (mine, cost) = (rates[name] ?? [], costs[name] ?? [])
            let ratio = median(zip(mine, rates["echo"] ?? []).map { $0 / $1 })
            print(
                "\(callers) callers, \(name): \(Int(median(mine))) calls/s,",
                "\((median(cost) * 10).rounded() / 10) µs of CPU a call, \((ratio * 100).rounded() / 100) of the echo")
        }
    }
    running.cancelAll()
}
