import Glibc
import RoostJobs
import RoostTestKit
import Synchronization

/// A wall clock that only a test moves; a redis-server may be told to go by it.
final class StoppedClock: Sendable {
    struct Failure: Error {}

    private static let library: Result<String, any Error> = Result {
        let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        var template = Array("/tmp/roost-clock-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure() }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try ChildProcess.run(
            "clang", ["-O2", "-shared", "-fPIC", "-o", "\(path)/clock.so", "\(folder)/Fixtures/clock.c"])
        atexit { StoppedClock.removeLibrary() }
        return path
    }

    /// Whether a redis-server can be made to go by such a clock here.
    static var drivesServers: Bool { (try? library.get()) != nil }

    private static func removeLibrary() {
        guard case .success(let path) = library else { return }
        unlink("\(path)/clock.so")
        rmdir(path)
    }

    private let moment: Mutex<Timestamp>
    /// What a server reads.
    private let file: (path: String, descriptor: Int32)?

    /// A clock that stands at the same moment in every run.
    init(drivesServer: Bool = false) throws {
        let start = Timestamp(microseconds: 1_800_000_000_123_456)
        moment = Mutex(start)
        guard drivesServer else {
            file = nil
            return
        }
        let path = "\(try Self.library.get())/moment-\(JobIDGenerator.shared.next())"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure() }
        file = (path, descriptor)
        show(start)
    }

    deinit {
        guard let file else { return }
        close(file.descriptor)
        unlink(file.path)
    }

    /// What a server that goes by this clock needs in its environment.
    var environment: [String] {
        guard let file, let path = try? Self.library.get() else { return [] }
        return ["LD_PRELOAD=\(path)/clock.so", "CLOCK_FILE=\(file.path)"]
    }

    /// The moment it shows.
    var now: Timestamp { moment.withLock { $0 } }

    /// Moves it on.
    func advance(by time: Duration) {
        show(
            moment.withLock { moment in
                moment = moment.advanced(by: time)
                return moment
            })
    }

    private func show(_ moment: Timestamp) {
        guard let file else { return }
        var number = moment.microseconds.littleEndian
        _ = pwrite(file.descriptor, &number, 8, 0)
    }
}
