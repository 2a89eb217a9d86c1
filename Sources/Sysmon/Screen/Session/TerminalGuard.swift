import Glibc
import Synchronization

/// Puts a terminal back as it was when the process dies rather than ends: a trap, an abort, a hang-up. For one screen at
/// a time: a process has one terminal.
///
/// What runs in a signal handler here is `write`, `tcsetattr`, `sigaction` and `raise`, which POSIX allows there, on
/// memory that was set up before and is never freed.
public enum TerminalGuard {
    private static let isArmed = Atomic(false)
    /// Written before `isArmed` is set and read after it was seen set.
    private nonisolated(unsafe) static var output: Int32 = -1
    private nonisolated(unsafe) static var input: Int32 = -1
    private nonisolated(unsafe) static let modes = UnsafeMutablePointer<termios>.allocate(capacity: 1)
    private nonisolated(unsafe) static let words = UnsafeMutablePointer<UInt8>.allocate(capacity: 64)
    private nonisolated(unsafe) static var count = 0
    /// The handlers there were before, by signal.
    private nonisolated(unsafe) static let earlier = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)

    private static let signals = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGQUIT, SIGHUP]

    /// Puts the terminal back at once, if a screen has it. May be called from anywhere, also from a signal handler.
    public static func restore() {
        guard isArmed.exchange(false, ordering: .acquiringAndReleasing) else { return }
        _ = write(output, words, count)
        if input >= 0 { tcsetattr(input, TCSANOW, modes) }
    }

    static func arm(_ device: TerminalDevice, saved: termios?) {
        output = device.output
        input = saved == nil ? -1 : device.input
        modes.initialize(to: saved ?? termios())
        let text = Array(TerminalDevice.leaveScreen.utf8.prefix(64))
        count = text.count
        words.initialize(from: text, count: text.count)
        isArmed.store(true, ordering: .releasing)
        for signal in signals {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { signal in
                TerminalGuard.restore()
                // Then what would have happened without this.
                sigaction(signal, TerminalGuard.earlier + Int(signal), nil)
                raise(signal)
            }
            sigaction(signal, &action, earlier + Int(signal))
        }
    }

    static func disarm() {
        isArmed.store(false, ordering: .releasing)
        for signal in signals { sigaction(signal, earlier + Int(signal), nil) }
    }
}
