import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit

/// A redis-server whose wall clock can be stepped, and nobody else's.
final class SkewedRedis: Sendable {
    private static let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }

    /// Why there can be none; nil when there can.
    static let obstacle: String? = {
        guard ChaosOptions.isFull else { return "only in make chaos" }
        guard (try? ChildProcess.run("clang", ["--version"])) != nil else { return "needs clang" }
        return nil
    }()

    let url: String
    private let directory: TemporaryDirectory
    private let process: ChildProcess

    init() throws {
        directory = try TemporaryDirectory()
        let path = directory.path
        try ChildProcess.run("clang", ["-O2", "-shared", "-fPIC", "-o", "\(path)/skew.so", "\(Self.folder)/skew.c"])
        try Data(repeating: 0, count: 8).write(to: URL(filePath: "\(path)/skew"))
        let port = try FreePort.one()
        process = try ChildProcess.start(
            "env",
            ["LD_PRELOAD=\(path)/skew.so", "SKEW_FILE=\(path)/skew", "redis-server", "--port", "\(port)"]
                + ["--bind", "127.0.0.1", "--dir", path, "--save", ""], output: "\(path)/redis.log")
        url = "redis://127.0.0.1:\(port)"
    }

    deinit {
        process.signal(SIGKILL)
        _ = process.wait(milliseconds: 5000)
    }

    /// From now on its clock is so far ahead.
    func set(milliseconds: Int64) throws {
        let file = open("\(directory.path)/skew", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw Surprise("no clock") }
        defer { close(file) }
        let bytes = withUnsafeBytes(of: milliseconds.littleEndian) { Array($0) }
        guard pwrite(file, bytes, 8, 0) == 8 else { throw Surprise("no clock") }
    }
}
