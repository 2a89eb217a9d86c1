import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit
import Testing

/// What hostile clients send, to a real node directly and through a real HAProxy with the shipped file.
@Suite(.serialized) struct HostileInputTests {
    private let directory: TemporaryDirectory
    private let program: RoostProgram
    private let direct: Curl

    init() throws {
        _ = WireClient.raiseFileLimit()
        directory = try TemporaryDirectory()
        let ports = ["--port", "0", "--mesh-port", "0", "--console-port", "0"]
        // Short deadlines: what is slow is let go of sooner, nothing else differs.
        program = try RoostProgram(
            ["up", "--store", "memory:"] + ports, name: "up", in: directory.path,
            environment: ["ROOST_HEADER_SECONDS": "2", "ROOST_BODY_SECONDS": "2"])
        direct = Curl(base: try program.ready()["http"] ?? "")
    }

    /// Resident memory, KiB.
    private var resident: Int {
        let status = (try? String(contentsOfFile: "/proc/\(program.process.pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
    }

    /// Sends it and expects one refusal, or the end without a word.
    private func refused(_ request: HostileRequest, by url: String) throws {
        let client = try WireClient(url)
        client.send(request.start)
        var sent = request.start.count
        while !request.more.isEmpty, sent < 64 << 20, client.send(request.more) { sent += request.more.count }
        #expect(sent < 64 << 20, "\(request.name): never had enough")
        check(try client.rest(), of: request, by: url)
    }

    /// Sends it so many times at once: HAProxy takes its time to find out that a body does not come.
    private func crowd(_ count: Int, of request: HostileRequest, by url: String) throws {
        guard request.more.isEmpty else {
            for _ in 0..<count { try refused(request, by: url) }
            return
        }
        let clients = try (0..<count).map { _ in try WireClient(url) }
        for client in clients { client.send(request.start) }
        for client in clients { check(try client.rest(), of: request, by: url) }
    }

    private func check(_ reply: String, of request: HostileRequest, by url: String) {
        let replies = ["HTTP/1.1 ", "HTTP/1.0 "].reduce(0) { $0 + reply.ranges(of: $1).count }
        #expect(replies <= 1, "\(request.name) by \(url): \(reply)")
        let status = reply.split(separator: Character(" ")).dropFirst().first.flatMap { Int($0) }
        if request.isMended, url != direct.base, status == 200 { return }
        #expect(
            reply.isEmpty || status.map { (400..<500).contains($0) || $0 == 501 || $0 == 505 } ?? false,
            "\(request.name) by \(url): \(reply)")
        #expect(!reply.contains("\"version\""), "\(request.name) by \(url): \(reply)")
    }

    private func isWell() throws {
        #expect(program.isAlive)
        let stats = try direct.get("/stats")
        #expect(stats.status == 200 && stats.int("total") == 0, "\(stats.body)")
    }

    @Test("every hostile request is refused once, directly and behind HAProxy, and hundreds of each cost no memory")
    func refusals() throws {
        let balancer = try ShippedBalancer(apis: [direct.base], in: directory.path)
        let fast = HostileRequest.shapes + HostileRequest.endless
        for request in fast { for url in [direct.base, balancer.url] { try refused(request, by: url) } }
        try isWell()
        let before = resident
        for request in fast {
            for url in [direct.base, balancer.url] { try crowd(100, of: request, by: url) }
        }
        try isWell()
        let after = resident
        print("HOSTILE \(fast.count) shapes, 200 of each: \(before) KiB before, \(after) KiB after")
        #expect(after - before < 64 << 10, "\(before) KiB before, \(after) KiB after")
    }

    @Test("clients that never end what they began are let go of, directly and behind HAProxy")
    func slow() throws {
        let balancer = try ShippedBalancer(apis: [direct.base], in: directory.path)
        let before = resident
        var clients: [(request: HostileRequest, url: String, client: WireClient)] = []
        for request in HostileRequest.slow {
            for url in [direct.base, balancer.url] {
                for _ in 0..<150 { clients.append((request, url, try WireClient(url))) }
            }
        }
        for (request, _, client) in clients { client.send(request.start) }
        let during = resident
        // Served beside them.
        for url in [direct.base, balancer.url] { #expect(try Curl(base: url).get("/jobs").status == 200) }
        for (request, url, client) in clients { check(try client.rest(), of: request, by: url) }
        try isWell()
        print("SLOW \(clients.count) clients: \(before) KiB before, \(during) KiB during, \(resident) KiB after")
        #expect(max(during, resident) - before < 64 << 10)
    }

    @Test("a request is served while 5,000 connections say nothing")
    func idle() throws {
        let wanted = 5000
        let count = min(wanted, WireClient.raiseFileLimit() - 300)
        if count < wanted { print("IDLE \(count) connections only: the system allows no more files") }
        let before = resident
        let clients = try (0..<count).map { _ in try WireClient(direct.base) }
        for _ in 0..<20 {
            let reply = try direct.post("/jobs", #"{"payload":{},"delay":3600}"#)
            #expect(reply.status == 202 && reply.seconds < 5, "\(reply)")
        }
        print("IDLE \(clients.count) connections: \(before) KiB before, \(resident) KiB with them")
        #expect(resident - before < 256 << 10)
        #expect(program.isAlive)
    }
}
