import FoundationEssentials
public import Glibc
public import RoostTestKit

/// A running `roost`, started by a test from the binary that was built with it.
public final class RoostProgram: Sendable {
    /// The process itself.
    public let process: ChildProcess
    /// The file that receives what it prints.
    public let output: String

    /// Starts `roost` with the arguments; everything it prints goes to a file in `directory`. `launcher` is a command
    /// that executes the rest of its arguments.
    public init(
        _ arguments: [String], name: String, in directory: String, environment: [String: String] = [:],
        input: Int32? = nil, under launcher: [String] = []
    ) throws {
        output = "\(directory)/\(name)-\(UInt32.random(in: 0 ... .max)).log"
        var settings = ["SWIFT_BACKTRACE": "enable=no"]
        for name in ["PATH", "HOME", "LD_LIBRARY_PATH"] { settings[name] = ProcessInfo.processInfo.environment[name] }
        let variables = settings.merging(environment) { $1 }.map { "\($0.key)=\($0.value)" }.sorted()
        // A clean environment: a developer's own settings must not reach the program under test.
        let command = launcher + ["env", "-i"] + variables + [Self.path] + arguments
        process = try ChildProcess.start(command[0], Array(command.dropFirst()), output: output, input: input)
    }

    deinit {
        process.signal(SIGKILL)
        _ = process.wait(milliseconds: 5000)
    }

    /// Beside the test bundle, where SwiftPM puts both.
    public static let path: String = {
        if let path = ProcessInfo.processInfo.environment["ROOST_BINARY"] { return path }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let exe = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return exe.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/roost"
    }()

    /// All it printed so far.
    public var printed: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

    /// Whether it still runs.
    public var isAlive: Bool { process.wait(milliseconds: 0) == nil }

    /// The parts of its ready line: `http`, `console`, `member`.
    public func ready() throws -> [String: String] {
        let line = try eventually("a ready line of \(output)") { () -> Substring? in
            guard self.isAlive else { throw Surprise("roost ended early:\n\(self.printed)") }
            return self.printed.split(separator: "\n").first { $0.contains(" ready ") }
        }
        var parts: [String: String] = [:]
        for word in line.split(separator: " ") {
            let pair = word.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { parts[String(pair[0])] = String(pair[1]) }
        }
        return parts
    }

    /// Sends a signal and returns the exit status; nil when a signal ended it.
    public func stop(_ signal: Int32 = SIGTERM, within milliseconds: Int = 40_000) throws -> Int32? {
        process.signal(signal)
        guard let status = process.wait(milliseconds: milliseconds) else {
            throw Surprise("roost did not stop:\n\(printed.suffix(3000))")
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : nil
    }
}
