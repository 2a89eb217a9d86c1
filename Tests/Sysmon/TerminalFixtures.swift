import Dispatch
import Glibc

/// The two ends of a pipe or a pseudo-terminal.
struct DescriptorPair {
    /// Where a test reads.
    let ours: Int32
    /// Where the service writes.
    let theirs: Int32

    static func pipe() -> DescriptorPair? {
        var ends: [Int32] = [0, 0]
        return Glibc.pipe(&ends) == 0 ? DescriptorPair(ours: ends[0], theirs: ends[1]) : nil
    }

    /// The ioctl numbers are TIOCSPTLCK and TIOCGPTN, macros Swift does not see.
    static func terminal(columns: Int, rows: Int) -> DescriptorPair? {
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var unlocked: Int32 = 0
        var number: Int32 = 0
        guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
            return nil
        }
        let terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        let pair = DescriptorPair(ours: master, theirs: terminal)
        return terminal >= 0 && pair.resize(columns: columns, rows: rows) ? pair : nil
    }

    func resize(columns: Int, rows: Int) -> Bool {
        var window = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        return ioctl(ours, UInt(TIOCSWINSZ), &window) == 0
    }

    var localModes: UInt32 {
        var modes = termios()
        tcgetattr(theirs, &modes)
        return modes.c_lflag
    }

    func type(_ text: String) { write(ours, text, text.utf8.count) }
    func closeOurs() { close(ours) }
    func closeTheirs() { close(theirs) }

    static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
    static func null() -> Int32 { open("/dev/null", O_WRONLY) }

    /// What is written by the other side, until its end; then our side is closed, by the only one who reads it.
    var pieces: AsyncStream<String> {
        let (stream, continuation) = AsyncStream<String>.makeStream()
        let ours = ours
        // A thread of its own: reading blocks.
        DispatchQueue(label: "test.terminal").async {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(ours, &bytes, bytes.count)
                guard count > 0 else { break }
                continuation.yield(String(decoding: bytes.prefix(count), as: UTF8.self))
            }
            close(ours)
            continuation.finish()
        }
        return stream
    }
}
