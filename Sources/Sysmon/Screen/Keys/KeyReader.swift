import Dispatch
import Glibc

/// Reads keys from a terminal on a thread of its own, woken by each of them and by `stop()`.
final class KeyReader: Sendable {
    /// How long the rest of a sequence may take on a slow line before an escape is taken for the key.
    private static let patience: Int32 = 40

    private let descriptor: Int32
    /// The read end ends the thread's wait when the write end is written to.
    private let wake: (read: Int32, write: Int32)
    private let queue = DispatchQueue(label: "roost.terminal.keys")

    /// A reader of a terminal in key mode; nil when the process has no descriptors left.
    init?(descriptor: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.descriptor = descriptor
        wake = (ends[0], ends[1])
    }

    /// Starts to read. `onKeys` gets what was pressed, several at once when they came at once; `onEnd` is called when
    /// there will be no more because the terminal is gone.
    func start(onKeys: @escaping @Sendable ([Key]) -> Void, onEnd: @escaping @Sendable () -> Void) {
        queue.async { if !self.read(onKeys) { onEnd() } }
    }

    /// Returns when nothing is read any more, so that the descriptor may be closed.
    func stop() async {
        _ = write(wake.write, [0], 1)
        await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
        close(wake.read)
        close(wake.write)
    }

    /// Until it is stopped (true) or the terminal is gone (false).
    private func read(_ onKeys: ([Key]) -> Void) -> Bool {
        var decoder = KeyDecoder()
        var bytes = [UInt8](repeating: 0, count: 1024)
        while true {
            var ready = [
                pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0),
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&ready, 2, decoder.isWaiting ? Self.patience : -1)
            if count < 0, errno != EINTR { return false }
            if ready[0].revents != 0 { return true }
            var keys: [Key] = []
            if count == 0 {
                keys = decoder.flush()
            } else if ready[1].revents != 0 {
                let length = Glibc.read(descriptor, &bytes, bytes.count)
                if length == 0 || (length < 0 && errno != EINTR && errno != EAGAIN) { return false }
                keys = decoder.feed(bytes.prefix(max(0, length)))
            }
            if !keys.isEmpty { onKeys(keys) }
        }
    }
}
