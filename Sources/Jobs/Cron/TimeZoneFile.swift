import Glibc

/// Reads the bytes of a time zone's file.
enum TimeZoneFile {
    /// More than any real one has.
    static let limit = 65_536

    /// All bytes of a regular file of at most `limit` bytes.
    static func read(_ path: String, named name: String) throws(TimeZoneFault) -> [UInt8] {
        // O_NONBLOCK: opening a pipe that somebody put there must not wait for its writer.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR {
                throw TimeZoneFault(.notFound, "no time zone \(name) on this machine (is tzdata installed?)")
            }
            throw unreadable(name, errno)
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw unreadable(name, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw TimeZoneFault(.notFound, "\(name) is not a time zone")
        }
        return try bytes(of: file, named: name)
    }

    private static func bytes(of file: Int32, named name: String) throws(TimeZoneFault) -> [UInt8] {
        // One byte more than allowed tells a file at the limit from one beyond it.
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < bytes.count {
            let start = count
            let result = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(file, buffer.baseAddress?.advanced(by: start), buffer.count - start)
            }
            if result == 0 { break }
            if result > 0 {
                count += result
            } else if errno != EINTR {
                throw unreadable(name, errno)
            }
        }
        guard count <= limit else { throw TimeZoneFault(.malformed, "the file of \(name) is too large") }
        return Array(bytes[..<count])
    }

    private static func unreadable(_ name: String, _ code: Int32) -> TimeZoneFault {
        TimeZoneFault(.unreadable, "the file of \(name) cannot be read: \(String(cString: strerror(code)))")
    }
}
