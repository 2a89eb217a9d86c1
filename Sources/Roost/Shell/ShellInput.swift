import Glibc
import Synchronization

/// The lines somebody types or pipes in. Read on a thread of its own: a blocking read must not hold one of the pool's.
final class ShellInput: Sendable {
    static let prompt = "roost> "
    /// The most lines remembered.
    static let longestHistory = 1000

    private struct State {
        var history: [String] = []
        /// Bytes that came with the last line and belong to the next.
        var rest: [UInt8] = []
    }

    /// Whether a person types and reads.
    static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    private let isTerminal: Bool
    private let complete: @Sendable (String) -> [String]
    private let state = Mutex(State())
    /// The read end ends the wait for input when the write end is written to.
    private let wake: (read: Int32, write: Int32)

    /// Nil when the process has no descriptors left.
    init?(complete: @escaping @Sendable (String) -> [String]) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wake = (ends[0], ends[1])
        isTerminal = Self.isTerminal
        self.complete = complete
    }

    deinit {
        close(wake.read)
        close(wake.write)
    }

    /// The lines so far, the oldest first.
    var history: [String] { state.withLock { $0.history } }

    /// The next line; nil when there will be none, or the task is cancelled.
    func next() async -> String? {
        let line = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                Self.onThread { continuation.resume(returning: self.isTerminal ? self.edit() : self.read()) }
            }
        } onCancel: {
            _ = write(wake.write, [0], 1)
        }
        if let line { remember(line) }
        return line
    }

    private func remember(_ line: String) {
        guard line.utf8.contains(where: { $0 != 0x20 }) else { return }
        state.withLock { state in
            if state.history.last != line { state.history.append(line) }
            if state.history.count > Self.longestHistory { state.history.removeFirst() }
        }
    }

    /// A line of a pipe or a file.
    private func read() -> String? {
        var line = state.withLock { $0.rest }
        while true {
            if let end = line.firstIndex(of: 0x0A) {
                state.withLock { $0.rest = Array(line[(end + 1)...]) }
                return String(decoding: line[..<end], as: UTF8.self)
            }
            guard line.count < LineEditor.longest, let bytes = readSome() else {
                state.withLock { $0.rest = [] }
                return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
            }
            line += bytes
        }
    }

    /// A line of a terminal.
    private func edit() -> String? {
        var saved = termios()
        guard tcgetattr(STDIN_FILENO, &saved) == 0 else { return read() }
        var raw = saved
        raw.c_iflag &= ~tcflag_t(ICRNL | IXON)
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        // Only while a line is typed: during a command Ctrl-C is a signal.
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw)
        defer {
            tcsetattr(STDIN_FILENO, TCSADRAIN, &saved)
            Console.write("\r\n")
        }
        var editor = LineEditor(history: history, complete: complete)
        var bytes = state.withLock { state in
            defer { state.rest = [] }
            return state.rest
        }
        while true {
            let (events, rest) = editor.feed(bytes[...])
            for event in events {
                switch event {
                case .clear: Console.write("\u{1B}[H\u{1B}[2J")
                case .end: return nil
                case .line(let line):
                    state.withLock { $0.rest = Array(rest) }
                    Console.write(LineView.draw(editor, prompt: Self.prompt, columns: Self.columns))
                    return line
                }
            }
            Console.write(LineView.draw(editor, prompt: Self.prompt, columns: Self.columns))
            guard let more = readSome() else { return nil }
            bytes = more
        }
    }

    /// What is there; nil at the end of the input, or when nobody wants it any more.
    private func readSome() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var ready = [
                pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0),
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&ready, 2, -1) >= 0 || errno == EINTR else { return nil }
            if ready[0].revents != 0 { return nil }
            guard ready[1].revents != 0 else { continue }
            let count = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
            if count > 0 { return Array(buffer.prefix(count)) }
            if count == 0 || (errno != EINTR && errno != EAGAIN) { return nil }
        }
    }

    private static var columns: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// Runs `work` on a new thread; where there is none left, here.
    private static func onThread(_ work: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let work: @Sendable () -> Void
            init(_ work: @escaping @Sendable () -> Void) { self.work = work }
        }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(work))
        let code = pthread_create(
            &thread, nil,
            { raw in
                if let raw { Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().work() }
                return nil
            }, box.toOpaque())
        if code == 0 { pthread_detach(thread) } else { box.takeRetainedValue().work() }
    }
}
