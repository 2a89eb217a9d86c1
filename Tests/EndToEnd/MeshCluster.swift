import Glibc
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Synchronization

/// Processes that each are API, worker and console, on one Redis, all on loopback: every one runs jobs, and every one
/// can be asked whom it sees.
final class MeshCluster: Sendable {
    /// One process.
    final class Peer: Sendable {
        let program: RoostProgram
        let name: String
        let curl: Curl
        private let log: MeshLog

        init(_ program: RoostProgram) throws {
            let ready = try program.ready()
            guard let name = ready["member"], let http = ready["http"] else { throw Surprise("no addresses") }
            self.program = program
            self.name = name
            log = MeshLog(file: program.output)
            curl = Curl(base: http)
        }

        /// What it said of the others.
        var events: [MeshEvent] { log.events() }

        /// What it said of one of them since then.
        func event(_ message: String, of name: String, since: Double = 0) -> MeshEvent? {
            events.first { $0.message == message && $0.name == name && $0.at >= since }
        }

        /// The members as it sees them: name to what it says of one of its fields.
        func nodes(_ field: String) throws -> [String: String] {
            let rows = try JSONScanner.parseArray(Array(try curl.get("/nodes").body.utf8), maximumDepth: 64)
            return Dictionary(
                rows.compactMap(\.object).map { ($0["name"]?.string ?? "", $0[field]?.string ?? "-") }
            ) { first, _ in first }
        }

        /// Stops it for so long, as a debugger or a hypervisor would.
        func pause(seconds: Double) {
            program.process.signal(SIGSTOP)
            usleep(useconds_t(seconds * 1_000_000))
            program.process.signal(SIGCONT)
        }
    }

    let directory: TemporaryDirectory
    let redis: RedisServer
    private let arguments: [String]
    private let environment: [String: String]
    private let list = Mutex<[Peer]>([])

    /// Starts so many and waits until each sees all.
    /// - Parameter store: the Redis as the processes reach it; nil: on loopback.
    init(
        _ size: Int, arguments: [String] = [], environment: [String: String] = [:], redis: RedisServer? = nil,
        store: String? = nil
    ) throws {
        directory = try TemporaryDirectory()
        let redis = try redis ?? RedisServer.start()
        self.redis = redis
        self.arguments = ["--store", store ?? redis.url] + arguments
        self.environment = environment
        try grow(by: size)
        try meet()
    }

    var peers: [Peer] { list.withLock { $0 } }

    /// Starts more, all at once; returns when they are ready.
    @discardableResult
    func grow(by count: Int, arguments more: [String] = [], under launcher: [String] = []) throws -> [Peer] {
        let programs = try (0..<count).map { _ in try launch(["--mesh-port", "0"] + more, under: launcher) }
        let fresh = try programs.map { try Peer($0) }
        list.withLock { $0 += fresh }
        return fresh
    }

    /// Starts one that ended again, under its name; returns when it and all others of the list see each other.
    @discardableResult
    func restart(_ peer: Peer) throws -> Peer {
        let port = peer.name.split(separator: ":").last.map { String($0) } ?? "0"
        let since = Self.now
        // Somebody else may have its port for a moment, as the near end of a connection of his own.
        let fresh = try eventually("\(peer.name) to start again") { () -> Peer? in
            let program = try launch(["--mesh-port", port])
            return try? Peer(program)
        }
        for other in peers {
            try eventually("\(other.name) to meet \(peer.name) again") {
                other.event("member up", of: peer.name, since: since)
            }
            try eventually("\(peer.name) to meet \(other.name) again") { fresh.event("member up", of: other.name) }
        }
        list.withLock { $0.append(fresh) }
        return fresh
    }

    private func launch(_ more: [String], under launcher: [String] = []) throws -> RoostProgram {
        try RoostProgram(
            ["up", "--port", "0", "--console-port", "0", "--demo"] + arguments + more, name: "up",
            in: directory.path, environment: environment, under: launcher)
    }

    /// Takes one out of the list, whatever becomes of it.
    func forget(_ peer: Peer) { list.withLock { list in list.removeAll { $0 === peer } } }

    /// Puts one back into the list.
    func adopt(_ peer: Peer) { list.withLock { $0.append(peer) } }

    /// Waits until each process of the list is connected to every other; returns when the last connection stood.
    @discardableResult
    func meet() throws -> Double {
        let peers = peers
        var latest = 0.0
        for peer in peers {
            for other in peers where other !== peer {
                let event = try eventually("\(peer.name) to meet \(other.name)") {
                    peer.event("member up", of: other.name)
                }
                latest = max(latest, event.at)
            }
        }
        return latest
    }

    /// The members that somebody counted as down since then, but for one.
    func downs(since: Double, but victim: String? = nil) -> [String] {
        peers.flatMap { peer in
            peer.events.filter { $0.message == "member down" && $0.at >= since && $0.name != victim }.map {
                "\(peer.name): \($0.member) \($0.proof)"
            }
        }
    }

    /// Gives the cluster a job; its id.
    func enqueue(_ body: String) throws -> String {
        guard let peer = peers.first, let id = try peer.curl.post("/jobs", body).string("job_id") else {
            throw Surprise("not accepted: \(body)")
        }
        return id
    }

    /// The job once it is in that state, or further when `attempt` says so.
    func job(_ id: String, _ status: String, attempt: Int? = nil, seconds: Int = 30) throws -> Curl.Reply {
        try eventually("job \(id) to be \(status)", seconds: seconds) {
            guard let peer = peers.first else { throw Surprise("nobody is left") }
            let job = try peer.curl.get("/jobs/\(id)")
            guard job.string("status") == status else { return nil }
            return attempt.map { job.int("attempt") == $0 } ?? true ? job : nil
        }
    }

    /// The process that runs a job.
    func owner(of job: Curl.Reply) throws -> Peer {
        let worker = String((job.string("worker") ?? "").prefix { $0 != "#" })
        guard let peer = peers.first(where: { $0.name == worker }) else { throw Surprise("nobody is \(worker)") }
        return peer
    }

    /// Now, seconds since 1970, on the clock that logs and the store use here.
    static var now: Double { Timestamp.now().seconds }
}

extension Curl.Reply {
    /// A time in the reply, seconds since 1970.
    func time(_ key: String) -> Double? { string(key).flatMap { Timestamp(rfc3339: $0) }?.seconds }
}
