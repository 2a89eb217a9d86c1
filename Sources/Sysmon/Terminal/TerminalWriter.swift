import Dispatch
import Glibc
import Synchronization

/// Writes to a descriptor from a thread of its own: a terminal stopped with Ctrl-S must not stop the process.
final class TerminalWriter: Sendable {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "roost.terminal")

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Writes everything; false when the other end is gone or the task was cancelled before the end.
    func write(_ text: String) async -> Bool {
        let cancelled = Atomic(false)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async {
                    continuation.resume(returning: self.put(Array(text.utf8)) { cancelled.load(ordering: .relaxed) })
                }
            }
        } onCancel: {
            cancelled.store(true, ordering: .relaxed)
        }
    }

    /// Writes what fits without waiting: the last words to a terminal that may not listen.
    func writeNow(_ text: String) { _ = put(Array(text.utf8)) { true } }

    private func put(_ bytes: [UInt8], _ isCancelled: () -> Bool) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            // Woken when there is room; the limit is only for noticing a cancelled task meanwhile.
            let count = poll(&ready, 1, isCancelled() ? 0 : 250)
            if count < 0, errno != EINTR { return false }
            if count <= 0 {
                if isCancelled() { return false }
                continue
            }
            // A frame in one piece, as far as that can be; a huge one in several, so that a cancelled task is noticed.
            let written = rest.prefix(16_384).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno != EINTR, errno != EAGAIN { return false }
            rest = rest.dropFirst(max(0, written))
        }
        return true
    }
}
