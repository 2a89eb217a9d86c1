import Glibc
import Synchronization

/// A file in which a worker counts its jobs, for a program that measures many job systems in one way: three 64-bit
/// numbers (count, first and last start in nanoseconds of the wall clock) in `<prefix>.<pid>`, and latencies in
/// microseconds as lines of another.
///
/// The first file is mapped into memory: a system call for each job would be a good part of what is measured.
final class BenchSlot: Sendable {
    private let slot: Mutex<UnsafeMutableBufferPointer<UInt64>>
    private let latencies: Int32?

    init(prefix: String, latencies: String?) throws(Failure) {
        func open(_ path: String, _ flags: Int32) throws(Failure) -> Int32 {
            let descriptor = Glibc.open(path, flags | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw Failure(.configuration, "cannot write \(path)") }
            return descriptor
        }
        let file = try open("\(prefix).\(getpid())", O_RDWR | O_TRUNC)
        defer { close(file) }
        guard ftruncate(file, 24) == 0,
            let map = mmap(nil, 24, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), map != MAP_FAILED
        else { throw Failure(.configuration, "cannot map \(prefix).\(getpid())") }
        slot = Mutex(UnsafeMutableRawBufferPointer(start: map, count: 24).bindMemory(to: UInt64.self))
        self.latencies = if let latencies { try open(latencies, O_WRONLY | O_APPEND) } else { nil }
    }

    deinit {
        slot.withLock { _ = munmap($0.baseAddress, 24) }
        if let latencies { close(latencies) }
    }

    func start(_ now: Int64, _ microseconds: Int64?) {
        let now = UInt64(clamping: now)
        slot.withLock { slot in
            if slot[0] == 0 { slot[1] = now }
            slot[2] = now
            // Last: whoever sees a count sees its times.
            slot[0] += 1
        }
        guard let latencies, let microseconds else { return }
        let line = Array("\(microseconds)\n".utf8)
        _ = line.withUnsafeBytes { write(latencies, $0.baseAddress, $0.count) }
    }
}
