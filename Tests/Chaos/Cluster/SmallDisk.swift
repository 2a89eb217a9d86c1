import Glibc
import RoostProcessKit
import RoostTestKit

/// A file system of a few megabytes that can be made larger. Needs root.
final class SmallDisk: Sendable {
    /// Why there can be none; nil when there can.
    static let obstacle: String? = {
        guard ChaosOptions.isFull else { return "only in make chaos" }
        guard getuid() == 0 else { return "needs root" }
        do {
            _ = try SmallDisk(megabytes: 1)
            return nil
        } catch {
            return "nothing can be mounted here: \(error)"
        }
    }()

    let directory: TemporaryDirectory

    var path: String { directory.path }

    init(megabytes: Int) throws {
        directory = try TemporaryDirectory()
        try ChildProcess.run("mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", directory.path])
    }

    deinit { try? ChildProcess.run("umount", ["-l", directory.path]) }

    /// Makes room.
    func grow(megabytes: Int) throws {
        try ChildProcess.run("mount", ["-o", "remount,size=\(megabytes)m", directory.path])
    }
}
