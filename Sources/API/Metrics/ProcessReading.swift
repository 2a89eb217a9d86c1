import Glibc

/// What the kernel says of this process; what it does not say is nil.
struct ProcessReading {
    /// Memory it has in RAM, bytes.
    var residentBytes: Double?
    var virtualBytes: Double?
    var cpuSeconds: Double?
    /// Since the epoch.
    var startSeconds: Double?
    var openFiles: Double?
    var maximumFiles: Double?
    var threads: Double?

    /// Reads it now.
    init() {
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        if let text = Self.read("/proc/self/stat"), let end = text.lastIndex(of: ")") {
            // Behind the name, which may hold anything: the state is field 3 of proc(5).
            let fields = text[end...].dropFirst(2).split(separator: " ")
            func field(_ number: Int) -> Double? { fields.dropFirst(number - 3).first.flatMap { Double($0) } }
            if let user = field(14), let system = field(15) { cpuSeconds = (user + system) / ticks }
            threads = field(20)
            virtualBytes = field(23)
            residentBytes = field(24).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
            if let start = field(22), let boot = Self.bootSeconds { startSeconds = boot + start / ticks }
        }
        openFiles = Self.openFiles
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 { maximumFiles = Double(limit.rlim_cur) }
    }

    private static var bootSeconds: Double? {
        read("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
    }

    private static var openFiles: Double? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        // Less `.`, `..` and the folder itself.
        var count = -3.0
        while readdir(folder) != nil { count += 1 }
        return count
    }

    /// Up to 64 KiB of a file.
    private static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        var count = 0
        while count < bytes.count {
            let step = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            guard step > 0 else { break }
            count += step
        }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
