import Glibc
import RoostProcessKit
import RoostTestKit
import Synchronization

/// One process of the cluster under test, with a harmful relay on each of its links. Its relays stay while it comes and
/// goes.
final class Member: Sendable {
    enum Role: String, Sendable { case api, node, sysmon }

    let role: Role
    let name: String
    /// Between it and Redis.
    let redis: FaultProxy
    /// Between HAProxy and it; only of an API.
    let http: FaultProxy
    /// Between its peers and it.
    let mesh: FaultProxy
    private let arguments: [String]
    private let environment: [String: String]
    private let directory: String
    private let running = Mutex<RoostProgram?>(nil)

    init(
        _ role: Role, _ number: Int, redis port: Int, meshPort: Int, in directory: String, arguments: [String],
        environment: [String: String]
    ) async throws {
        self.role = role
        name = "\(role.rawValue)-\(number)"
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        redis = try await FaultProxy.start(to: port)
        http = try await FaultProxy.start()
        // Members are named by the address that peers reach: one of loopback's others, with the port of its own.
        let host = "127.0.\(number + 1).\(role == .api ? 1 : role == .node ? 2 : 3)"
        mesh = try await FaultProxy.start(host: host, port: meshPort)
    }

    var pid: Int32? { running.withLock { $0?.process.pid } }

    var isAlive: Bool { running.withLock { $0?.isAlive ?? false } }

    /// What it printed since its last start.
    var printed: String { running.withLock { $0?.printed ?? "" } }

    /// Starts it; returns when it says that it is ready.
    func start() async throws {
        var last = ""
        // Its port may still be in another's hands for a moment.
        mesh.aim(at: mesh.port)
        for _ in 0..<5 {
            try await mesh.open()
            let program = try launch()
            running.withLock { $0 = program }
            if let parts = try await program.parts() {
                http.aim(at: parts["http"]?.split(separator: ":").last.flatMap { Int($0) })
                return
            }
            last = program.printed
        }
        throw Surprise("\(name) does not start:\n\(last.suffix(2000))")
    }

    private func launch() throws -> RoostProgram {
        var command = [role.rawValue, "--store", "redis://127.0.0.1:\(redis.port)", "--log-format", "json"]
        command += ["--port", "0", "--console-port", "0", "--mesh-port", "\(mesh.port)", "--advertise", mesh.host]
        return try RoostProgram(command + arguments, name: name, in: directory, environment: environment)
    }

    func signal(_ number: Int32) { running.withLock { $0 }?.process.signal(number) }

    /// SIGKILL, and waits for the end.
    func kill() async throws {
        signal(SIGKILL)
        try await ended()
    }

    /// Waits for the end.
    @discardableResult
    func ended(seconds: Int = 60) async throws -> Int32 {
        let program = running.withLock { $0 }
        let deadline = ContinuousClock.now + .seconds(seconds)
        while let program, ContinuousClock.now < deadline {
            if let status = program.process.wait(milliseconds: 0) {
                // Who is gone refuses connections: its peers tell that from silence.
                await mesh.close()
                mesh.cut()
                running.withLock { $0 = nil }
                return status
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Surprise("\(name) did not end")
    }
}

extension RoostProgram {
    /// The parts of its ready line; nil when it ended before.
    func parts() async throws -> [String: String]? {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if printed.contains(" ready ") { return try ready() }
            if !isAlive { return nil }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Surprise("\(output) is not ready")
    }
}
