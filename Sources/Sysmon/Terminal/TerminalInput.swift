import Dispatch
import Glibc

/// Tells of keys and of a new window size, as events.
final class TerminalInput {
    private var sources: [any DispatchSourceProtocol] = []

    /// Listens from `start()` to `stop()`. `onQuit` is called for `q`, Ctrl-C and the end of the input, `onResize` when the window
    /// changed or Ctrl-L asks for a fresh picture.
    init(descriptor: Int32?, onQuit: @escaping @Sendable () -> Void, onResize: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "roost.terminal.input")
        if let descriptor {
            let keys = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            keys.setEventHandler {
                var bytes = [UInt8](repeating: 0, count: 64)
                let count = read(descriptor, &bytes, bytes.count)
                if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) { return onQuit() }
                for key in bytes.prefix(max(0, count)) {
                    switch key {
                    case UInt8(ascii: "q"), UInt8(ascii: "Q"), 3: onQuit()
                    case 12: onResize()
                    default: break
                    }
                }
            }
            sources.append(keys)
        }
        let window = DispatchSource.makeSignalSource(signal: SIGWINCH, queue: queue)
        window.setEventHandler { onResize() }
        sources.append(window)
    }

    /// Returns when nothing can be missed any more.
    func start() async {
        for source in sources {
            await withCheckedContinuation { continuation in
                source.setRegistrationHandler { continuation.resume() }
                source.resume()
            }
        }
    }

    /// Returns when nothing will be read any more, so that the descriptor may be closed.
    func stop() async {
        for source in sources {
            await withCheckedContinuation { continuation in
                source.setCancelHandler { continuation.resume() }
                source.cancel()
            }
        }
        sources = []
    }
}
