import FoundationEssentials
import Glibc
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Synchronization
import Testing

/// A whole system: one process on SQLite, or an API and two nodes on Redis.
final class Arena: Sendable {
    enum Kind: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case up
        case cluster

        var testDescription: String { self == .up ? "one process on SQLite" : "an API and two nodes on Redis" }
    }

    /// One slot for `media` on each node, eight that the others share.
    static let queues = "media=1,default,one,rated,rates,fair,held,small,spare"

    let kind: Kind
    let directory: TemporaryDirectory
    let redis: RedisServer?
    private let environment: [String: String]
    private let options: [String]
    private let programs: Mutex<[Started]>

    private struct Started {
        let role: String
        let program: RoostProgram
        let parts: [String: String]
    }

    init(
        _ kind: Kind, nodes: Int = 2, options: [String] = ["--demo"], environment: [String: String] = [:]
    ) throws {
        self.kind = kind
        self.options = options + ["--concurrency", "8", "--queues", Self.queues]
        self.environment = environment
        directory = try TemporaryDirectory()
        redis = kind == .cluster ? try RedisServer.start() : nil
        programs = Mutex([])
        let roles = kind == .up ? ["up"] : ["api"] + Array(repeating: "node", count: nodes)
        let programs = try roles.map { ($0, try launch($0)) }
        let started = try programs.map { Started(role: $0.0, program: $0.1, parts: try $0.1.ready()) }
        self.programs.withLock { $0 = started }
    }

    var store: String { redis?.url ?? "sqlite:\(directory.path)/roost.db" }

    var curl: Curl { Curl(base: address) }

    private var address: String { programs.withLock { $0.compactMap { $0.parts["http"] }.first } ?? "" }

    private func launch(_ role: String, options: [String]? = nil) throws -> RoostProgram {
        let ports = ["--port", "0", "--mesh-port", "0", "--console-port", "0"]
        return try RoostProgram(
            [role, "--store", store] + ports + (role == "api" ? [] : options ?? self.options), name: role,
            in: directory.path, environment: environment)
    }

    // MARK: Processes

    /// Starts one more node.
    func addNode(options: [String]) throws {
        let program = try launch("node", options: options + ["--queues", Self.queues])
        let started = Started(role: "node", program: program, parts: try program.ready())
        programs.withLock { $0.append(started) }
    }

    /// Stops the one process and starts it with other options.
    func restartUp(options: [String]) throws {
        let old = programs.withLock { $0 }
        for started in old { #expect(try started.program.stop() == 0) }
        let program = try launch("up", options: options + ["--queues", Self.queues])
        let started = Started(role: "up", program: program, parts: try program.ready())
        programs.withLock { $0 = [started] }
    }

    /// kill -9, at once, of the member with that name; the one process there is where there is but one.
    func kill(_ member: String) {
        let victim = programs.withLock { $0.first { kind == .up || $0.parts["member"] == member } }
        victim?.program.process.signal(SIGKILL)
        _ = victim?.program.process.wait(milliseconds: 5000)
    }

    /// Starts again what ended, until everything runs.
    func restartEnded() throws {
        try eventually("everything to run") {
            let list = programs.withLock { $0 }
            guard let index = list.firstIndex(where: { !$0.program.isAlive }) else { return true }
            let program = try launch(list[index].role)
            // One that dies again while it starts is started again.
            guard let parts = try? program.ready() else { return nil }
            let started = Started(role: list[index].role, program: program, parts: parts)
            programs.withLock { $0[index] = started }
            return nil
        }
    }

    /// Stops every process in good order and has the store checked: nothing may be left that does not fit.
    func finish() throws {
        let list = programs.withLock { $0 }
        for started in list { started.program.process.signal(SIGTERM) }
        for started in list { #expect(try started.program.stop(0) == 0, "\(started.program.printed.suffix(2000))") }
        let check = try roost(["fsck", "--store", store])
        #expect(check.status == 0 && check.text.contains("all fits"), "\(check.text)")
    }

    // MARK: Client

    /// Runs a client verb to its end.
    @discardableResult
    func roost(_ arguments: [String], input: String? = nil) throws -> (status: Int32, text: String) {
        let text = try input.map { try TestInput($0, in: directory.path) }
        let program = try RoostProgram(
            arguments, name: "verb", in: directory.path, environment: ["ROOST_API": address],
            input: text?.descriptor)
        guard let status = program.process.wait(milliseconds: 30_000) else {
            throw Surprise("roost \(arguments) did not end")
        }
        return ((status >> 8) & 0xFF, program.printed)
    }

    /// `roost enqueue …`; the job's id.
    func enqueue(_ arguments: [String]) throws -> String {
        let reply = try roost(["enqueue"] + arguments)
        let id = reply.text.split { $0.isWhitespace }.first { JobID($0) != nil }
        guard reply.status == 0, let id else { throw Surprise("roost enqueue \(arguments): \(reply)") }
        return String(id)
    }

    /// `POST /jobs` with the members of a job; its id.
    func submit(_ members: String, _ more: [String] = []) throws -> String {
        let reply = try curl.post("/jobs", "{\(members)}", more)
        guard reply.status == 202, let id = reply.string("job_id") else {
            throw Surprise("POST /jobs \(members): \(reply)")
        }
        return id
    }

    /// `POST /jobs/bulk`; the jobs' ids.
    func bulk(_ jobs: [String]) throws -> [String] {
        let reply = try curl.post("/jobs/bulk", "[\(jobs.map { "{\($0)}" }.joined(separator: ","))]")
        guard reply.status == 202 else { throw Surprise("POST /jobs/bulk: \(reply)") }
        return reply.body.split(separator: "\"job_id\":\"").dropFirst().map { String($0.prefix(26)) }
    }

    /// The job with all that is known of it; nil when it is not there.
    func job(_ id: String) throws -> JobView? { JobView(try curl.get("/jobs/\(id)")) }

    /// Why it does not run.
    func why(_ id: String) throws -> [String] { JobView(try curl.get("/jobs/\(id)/why"))?.reasons ?? [] }

    /// The jobs of a list, newest first.
    func list(_ query: String) throws -> [JobView] { JobView.list(try curl.get("/jobs?per_page=200&\(query)").body) }

    /// The jobs once all have ended, in the order of their ids here.
    func ended(_ ids: [String], seconds: Int = 30) throws -> [JobView] {
        try eventually("\(ids.count) jobs to end", seconds: seconds) {
            let jobs = Dictionary(try self.list("").map { ($0.id, $0) }) { first, _ in first }
            let found = ids.compactMap { jobs[$0] }.filter(\.isFinal)
            return found.count == ids.count ? found : nil
        }
    }

    /// The job once it has that state.
    func job(_ id: String, is status: String, seconds: Int = 30) throws -> JobView {
        try eventually("job \(id) to be \(status)", seconds: seconds) {
            guard let job = try self.job(id) else { return nil }
            if job.isFinal, job.status != status { throw Surprise("job \(id) is not \(status): \(job)") }
            return job.status == status ? job : nil
        }
    }
}
