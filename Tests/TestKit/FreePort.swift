import Glibc

/// Ports of the loopback interface that nobody listens on now.
public enum FreePort {
    /// One of them.
    public static func one() throws -> Int { try several(1)[0] }

    /// So many; all are held until all are known, so that they differ.
    public static func several(_ count: Int) throws -> [Int] {
        var descriptors: [Int32] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        return try (0..<count).map { _ in
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            descriptors.append(descriptor)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
                }
            }
            guard isBound else { throw ChildProcess.Failure(description: "no free port") }
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }
}
