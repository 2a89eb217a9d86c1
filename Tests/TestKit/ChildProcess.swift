import Glibc

/// A process a test starts: its pid, its signals, its end.
public struct ChildProcess: Sendable {
    /// Why a process could not be started or did not end.
    public struct Failure: Error, CustomStringConvertible {
        /// A sentence for people.
        public let description: String
    }

    /// The process's id.
    public let pid: Int32

    /// Starts a program found on PATH.
    /// - Parameters:
    ///   - output: a file that receives what it prints; nil discards it.
    ///   - input: a descriptor it reads; nil for an empty input.
    public static func start(
        _ program: String, _ arguments: [String], output: String? = nil, input: Int32? = nil
    ) throws -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Sockets of this process must not live on in its children; closing what is not open is no error.
        for descriptor in 3..<min(1024, Int32(clamping: sysconf(Int32(_SC_OPEN_MAX)))) {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        // The threads of a task pool block signals, and a child inherits that: it would not hear SIGTERM.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var argv = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, program, &actions, &attributes, &argv, environ)
        guard code == 0 else { throw Failure(description: "\(program) cannot be started: error \(code)") }
        return ChildProcess(pid: pid)
    }

    /// Runs a program to its end.
    public static func run(_ program: String, _ arguments: [String]) throws {
        let process = try start(program, arguments)
        guard let status = process.wait(milliseconds: 30_000), status == 0 else {
            process.signal(SIGKILL)
            throw Failure(description: "\(program) \(arguments) failed")
        }
    }

    /// Sends a signal.
    public func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for the end and reaps the process; nil when it still runs after that time.
    public func wait(milliseconds: Int) -> Int32? {
        for _ in 0...milliseconds {
            var status: Int32 = 0
            let done = waitpid(pid, &status, WNOHANG)
            if done == pid { return status }
            if done < 0 && errno != EINTR { return -1 }
            usleep(1000)
        }
        return nil
    }
}
