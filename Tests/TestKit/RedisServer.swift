import FoundationEssentials
import Glibc
import Synchronization

/// A private redis-server on a free loopback port, with its own directory. Killed at the latest when the object goes,
/// and also when the test process dies.
public final class RedisServer: Sendable {
    /// The TCP port; the same for the life of this object.
    public let port: Int
    /// The TLS port, when the server was started with a certificate.
    public let tlsPort: Int?
    /// The password every URL of this object carries.
    public let password: String?
    /// Where the server keeps its files and its log.
    public let directory: String
    private let arguments: [String]
    private let environment: [String]
    private let state = Mutex(State())

    private struct State {
        var process: ChildProcess?
        var watchdog: (process: ChildProcess, pipe: Int32)?
    }

    /// Starts a server and waits until it answers.
    /// - Parameters:
    ///   - password: `requirepass`.
    ///   - tls: a certificate and its key, PEM files.
    ///   - arguments: more of redis-server's options, such as `["--appendonly", "yes"]`.
    ///   - file: what its configuration file says, for those who must have one.
    ///   - environment: what is added to its environment, `name=value` each.
    public static func start(
        password: String? = nil, tls: (certificate: String, key: String)? = nil, arguments: [String] = [],
        file: String? = nil, environment: [String] = []
    ) throws -> RedisServer {
        var failure: any Error = ChildProcess.Failure(description: "not tried")
        // Between finding a free port and the server's bind, somebody else may take it.
        for _ in 0..<5 {
            do {
                let server = try RedisServer(
                    password: password, tls: tls, arguments: arguments, file: file, environment: environment)
                try server.launch()
                return server
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private init(
        password: String?, tls: (certificate: String, key: String)?, arguments: [String], file: String?,
        environment: [String]
    ) throws {
        let ports = try FreePort.several(2)
        port = ports[0]
        tlsPort = tls == nil ? nil : ports[1]
        self.password = password
        var template = Array("/tmp/roost-redis-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ChildProcess.Failure(description: "no directory") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var options = ["--port", "\(port)", "--bind", "127.0.0.1", "--dir", directory, "--save", ""]
        options += ["--unixsocket", "\(directory)/redis.sock"]
        if let password { options += ["--requirepass", password] }
        if let tls {
            options += ["--tls-port", "\(ports[1])", "--tls-cert-file", tls.certificate, "--tls-key-file", tls.key]
            options += ["--tls-auth-clients", "no"]
        }
        if let file {
            let path = "\(directory)/redis.conf"
            try file.write(toFile: path, atomically: true, encoding: .utf8)
            options.insert(path, at: 0)
        }
        self.arguments = options + arguments
        self.environment = environment
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(atPath: directory)
    }

    private var credentials: String { password.map { ":\($0)@" } ?? "" }

    /// `redis://…` for the TCP port.
    public var url: String { "redis://\(credentials)127.0.0.1:\(port)" }

    /// `unix://…` for the Unix socket.
    public var unixURL: String { "unix://\(credentials)\(directory)/redis.sock" }

    /// `rediss://…` for the TLS port, by the name localhost.
    public var tlsURL: String { "rediss://\(credentials)localhost:\(tlsPort ?? 0)" }

    /// The server's process id, while it runs.
    public var pid: Int32? { state.withLock { $0.process?.pid } }

    /// SIGTERM, and waits for the end: an orderly stop.
    public func stop() {
        signal(SIGCONT)
        signal(SIGTERM)
        reap()
    }

    /// SIGKILL, and waits for the end: a crash.
    public func kill() {
        signal(SIGKILL)
        reap()
    }

    /// SIGSTOP: the server hangs, its connections stay open.
    public func pause() { signal(SIGSTOP) }

    /// SIGCONT: a paused server goes on.
    public func resume() { signal(SIGCONT) }

    /// Starts the server again on the same port and directory, stopping it first if it runs; waits until it answers.
    public func restart() throws {
        stop()
        var failure: any Error = ChildProcess.Failure(description: "not tried")
        // Somebody else may have the port for a moment, as the near end of a connection of his own.
        for _ in 0..<5 {
            do { return try launch() } catch { failure = error }
            usleep(200_000)
        }
        throw failure
    }

    private func signal(_ number: Int32) { state.withLock { $0.process }?.signal(number) }

    private func reap() {
        let (process, watchdog) = state.withLock { state in
            defer { state = State() }
            return (state.process, state.watchdog)
        }
        if let watchdog {
            _ = write(watchdog.pipe, "\n", 1)
            close(watchdog.pipe)
            _ = watchdog.process.wait(milliseconds: 5000)
        }
        if let process, process.wait(milliseconds: 10_000) == nil {
            process.signal(SIGKILL)
            _ = process.wait(milliseconds: 5000)
        }
    }

    private func launch() throws {
        let process = try ChildProcess.start(
            "env", environment + ["redis-server"] + arguments, output: "\(directory)/redis.log")
        let watchdog = try Self.watch(process)
        state.withLock { $0 = State(process: process, watchdog: watchdog) }
        for _ in 0..<1000 {
            if answers() { return }
            if process.wait(milliseconds: 0) != nil {
                state.withLock { $0.process = nil }
                break
            }
            usleep(10_000)
        }
        kill()
        let log = (try? String(contentsOfFile: "\(directory)/redis.log", encoding: .utf8)) ?? ""
        throw ChildProcess.Failure(description: "redis-server did not come up: \(log.suffix(2000))")
    }

    /// A shell that kills the server when this process's end of the pipe closes without a word.
    private static func watch(_ process: ChildProcess) throws -> (process: ChildProcess, pipe: Int32) {
        var ends: [Int32] = [0, 0]
        // A socket pair and not a pipe: it is closed in other children from the first moment.
        guard socketpair(AF_UNIX, Self.stream, 0, &ends) == 0 else {
            throw ChildProcess.Failure(description: "no pipe")
        }
        defer { close(ends[0]) }
        let shell = try ChildProcess.start("sh", ["-c", "read x || kill -9 $0", "\(process.pid)"], input: ends[0])
        return (shell, ends[1])
    }

    /// Whether the server answers a PING and has loaded its data; a refusal for want of a password is an answer.
    private func answers() -> Bool {
        let descriptor = socket(AF_INET, Self.stream, 0)
        defer { close(descriptor) }
        var timeout = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = Self.loopback(port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard connected == 0, send(descriptor, "PING\r\n", 6, Int32(MSG_NOSIGNAL)) == 6 else { return false }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        let text = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        return text.hasPrefix("+PONG") || text.hasPrefix("-NOAUTH")
    }

    private static let stream = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(clamping: port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
