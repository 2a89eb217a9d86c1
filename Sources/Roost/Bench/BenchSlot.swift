import Glibc
import Synchronization

/// A file in which a worker counts its jobs, for a program that measures many job systems in one way: three 64-bit
/// numbers (count, first and last start in nanoseconds of the wall clock) in `<prefix>.<pid>`, and latencies in
/// microseconds as lines of another.
final class BenchSlot: Sendable {
    private struct State {
        var count: UInt64 = 0
        var first: UInt64 = 0
    }

    private let slot: Int32
    private let latencies: Int32?
    private let state = Mutex(State())

    init(prefix: String, latencies: String?) throws(Failure) {
        func open(_ path: String, _ flags: Int32) throws(Failure) -> Int32 {
            let descriptor = Glibc.open(path, flags | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw Failure(.configuration, "cannot write \(path)") }
            return descriptor
        }
        slot = try open("\(prefix).\(getpid())", O_RDWR)
        self.latencies = if let latencies { try open(latencies, O_WRONLY | O_APPEND) } else { nil }
    }

    deinit {
        close(slot)
        if let latencies { close(latencies) }
    }

    func start(_ now: Int64, _ microseconds: Int64?) {
        state.withLock { state in
            state.count += 1
            let now = UInt64(clamping: now)
            if state.first == 0 { state.first = now }
            // Each 64th and the rest when they have gone quiet would be cheaper, and wrong for whoever looks now.
            withUnsafeBytes(of: (state.count, state.first, now)) { _ = pwrite(slot, $0.baseAddress, $0.count, 0) }
        }
        guard let latencies, let microseconds else { return }
        let line = Array("\(microseconds)\n".utf8)
        _ = line.withUnsafeBytes { write(latencies, $0.baseAddress, $0.count) }
    }
}
