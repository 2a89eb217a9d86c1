import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit

/// A control group with a limit of memory: whoever is in it and can be spared is killed by the kernel when it is used up.
/// Needs root.
final class MemoryBox: Sendable {
    /// Why there can be none; nil when there can.
    static let obstacle: String? = {
        guard ChaosOptions.isFull else { return "only in make chaos" }
        guard getuid() == 0 else { return "needs root" }
        do {
            _ = try MemoryBox(megabytes: 64)
            return nil
        } catch {
            return "no memory control group can be made here: \(error)"
        }
    }()

    private let path: String

    init(megabytes: Int) throws {
        let name = "roost-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        // Version 1 has a tree for each resource, version 2 one for all.
        let (old, new) = ("/sys/fs/cgroup/memory", "/sys/fs/cgroup")
        let isOld = access("\(old)/cgroup.procs", F_OK) == 0
        let hasNew = TestOutput.text("\(new)/cgroup.subtree_control").contains("memory")
        guard isOld || hasNew else { throw Surprise("the memory controller is not at hand") }
        path = "\(isOld ? old : new)/\(name)"
        guard mkdir(path, 0o755) == 0 else { throw Surprise("\(path): error \(errno)") }
        do {
            try set(isOld ? "memory.limit_in_bytes" : "memory.max", "\(megabytes << 20)")
        } catch {
            rmdir(path)
            throw error
        }
    }

    /// The command that runs another one in the box.
    /// - Parameter victim: whether it is the first to be killed, before others that take more.
    func launcher(victim: Bool) -> [String] {
        let score = victim ? 1000 : 0
        return [
            "sh", "-c", "echo \(score) >/proc/self/oom_score_adj; echo $$ >\(path)/cgroup.procs; exec \"$@\"", "sh",
        ]
    }

    private func set(_ file: String, _ value: String) throws {
        let descriptor = open("\(path)/\(file)", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Surprise("\(file): error \(errno)") }
        defer { close(descriptor) }
        guard write(descriptor, value, value.utf8.count) == value.utf8.count else {
            throw Surprise("\(file): error \(errno)")
        }
    }

    deinit {
        // It goes once the last process in it is reaped.
        for _ in 0..<100 where rmdir(path) != 0 { usleep(10_000) }
    }
}
