import Glibc
import RoostJobs
import Synchronization

/// An advisory lock that makes an SQLite file belong to one process: `flock` on `<path>.lock`.
///
/// The kernel lets go of it when the process dies. The text in it says who has the file, and tells the next owner
/// whether the last one closed it.
final class FileLock: Sendable {
    /// How far the owner is.
    enum Phase: String { case opening, open, closing }

    /// Who has the file or had it last.
    struct Owner: Equatable {
        var pid: Int32
        var phase: Phase
        var name: String
    }

    /// The last owner, if it did not close the file.
    let previous: Owner?
    private let name: String
    private let descriptor: Mutex<Int32?>

    /// Takes the lock, or throws a sentence that names the process that has it. The text is left as it is.
    init(path: String, name: String) throws(StoreError) {
        // Not inherited by programs that handlers start: they would keep the file locked after this process's end.
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw StoreError(.unavailable, "cannot open the lock file \(path): \(String(cString: strerror(errno)))")
        }
        let owner = Self.read(descriptor)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(descriptor)
            let who = owner.map { "process \($0.pid) (\($0.name))" } ?? "another process"
            throw StoreError(
                .unavailable,
                "\(path.dropLast(5)) belongs to \(who): stop it, or use its API; several processes need Redis")
        }
        previous = Self.read(descriptor)
        self.name = String(name.filter { !$0.isNewline }.prefix(100))
        self.descriptor = Mutex(descriptor)
    }

    deinit { letGo() }

    /// Writes who has the file and how far it is.
    func mark(_ phase: Phase) {
        descriptor.withLock { descriptor in
            guard let descriptor else { return }
            Self.write(descriptor, "\(getpid()) \(phase.rawValue) \(name)\n")
        }
    }

    /// Lets go and forgets the owner: the file was closed well.
    func release() {
        descriptor.withLock { descriptor in
            if let descriptor { Self.write(descriptor, "") }
        }
        letGo()
    }

    private func letGo() {
        descriptor.withLock { descriptor in
            if let open = descriptor { Glibc.close(open) }
            descriptor = nil
        }
    }

    private static func write(_ descriptor: Int32, _ text: String) {
        let bytes = Array(text.utf8)
        // What the text cannot say is lost to a person who reads it, not to the lock: no error.
        guard ftruncate(descriptor, 0) == 0 else { return }
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }

    private static func read(_ descriptor: Int32) -> Owner? {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let line = String(decoding: bytes[..<count], as: UTF8.self).prefix { !$0.isNewline }
        let parts = line.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, let pid = Int32(parts[0]), let phase = Phase(rawValue: String(parts[1])) else {
            return nil
        }
        return Owner(pid: pid, phase: phase, name: String(parts[2]))
    }
}
