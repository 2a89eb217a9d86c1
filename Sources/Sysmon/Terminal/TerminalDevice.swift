import Glibc

/// A terminal's modes and size, behind a file descriptor.
struct TerminalDevice: Sendable {
    let input: Int32
    let output: Int32

    var isOutputTerminal: Bool { isatty(output) == 1 }
    /// Keys are read only where the screen is.
    var isInteractive: Bool { isOutputTerminal && isatty(input) == 1 }

    /// The process's own terminal for keys, where its input is something else: `something | roost sysmon`. Nil when
    /// there is none, or the input will do; else it is to be closed.
    func openOwnKeys() -> Int32? {
        guard isOutputTerminal, input >= 0, isatty(input) != 1 else { return nil }
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        return descriptor >= 0 ? descriptor : nil
    }

    /// The size now, or 80 × 24 where nobody knows.
    var size: TerminalSize {
        var window = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
            return TerminalSize(columns: 80, rows: 24)
        }
        return TerminalSize(columns: Int(window.ws_col), rows: Int(window.ws_row))
    }

    /// Lets keys through one by one and unseen; returns what to restore. Ctrl-C stays a signal, so that it ends the
    /// process the way every other signal does; Ctrl-Z would leave the screen behind and is off.
    func enterKeyMode() -> termios? {
        var saved = termios()
        guard tcgetattr(input, &saved) == 0 else { return nil }
        var raw = saved
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        withUnsafeMutableBytes(of: &raw.c_cc) { characters in
            characters[Int(VMIN)] = 1
            characters[Int(VTIME)] = 0
            characters[Int(VSUSP)] = 0
        }
        return tcsetattr(input, TCSANOW, &raw) == 0 ? saved : nil
    }

    func leaveKeyMode(_ saved: termios) {
        var saved = saved
        tcsetattr(input, TCSANOW, &saved)
    }

    /// The alternate screen without a cursor and without wrapping, so that a line that a terminal draws wider than it
    /// was counted spoils only itself; and the way back.
    static let enterScreen = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l\u{1b}[2J"
    static let leaveScreen = "\u{1b}[0m\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l"
}
