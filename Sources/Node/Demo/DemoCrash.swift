import Glibc

/// Ends the process the hard way, as a bug in a handler or the kernel's out-of-memory killer would.
enum DemoCrash {
    static func now() -> Never {
        kill(getpid(), SIGKILL)
        // The signal may take a moment to come.
        while true { pause() }
    }
}
