import Glibc
import RoostJobs

/// A file that many processes add lines to, and a directory of effects beside it.
///
/// Its errors have no type: the optimizer of Swift 6.3 crashes on typed ones in the function that uses it.
struct DemoNotebook: Sendable {
    private let path: String

    /// The notebook `ROOST_DEMO_RECORD` names; nil when it names none.
    static var fromEnvironment: DemoNotebook? {
        guard let text = getenv("ROOST_DEMO_RECORD") else { return nil }
        let path = String(cString: text)
        return path.isEmpty ? nil : DemoNotebook(path: path)
    }

    private init(path: String) {
        self.path = path
        mkdir("\(path).effects", 0o700)
    }

    /// Adds one line, whole or not at all: a single write of a file opened to append is not torn by others' writes.
    func add(_ line: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError(.unavailable, "the notebook cannot be opened") }
        defer { close(descriptor) }
        let bytes = Array(line.utf8) + [0x0A]
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw StoreError(.unavailable, "the notebook cannot be written")
        }
    }

    /// Does what is to happen once for this key: makes a file that holds whose it is, unless it is there. The file appears
    /// whole: this process may be killed at any moment.
    func effect(_ key: String, of op: String) throws {
        let draft = "\(path).draft-\(getpid())-\(key)"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError(.unavailable, "the effect cannot be had") }
        defer { unlink(draft) }
        let bytes = Array(op.utf8)
        let count = write(descriptor, bytes, bytes.count)
        close(descriptor)
        guard count == bytes.count, link(draft, "\(path).effects/\(key)") == 0 || errno == EEXIST else {
            throw StoreError(.unavailable, "the effect cannot be had")
        }
    }
}
