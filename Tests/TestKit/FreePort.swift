import Glibc

/// Ports of the loopback interface that nobody listens on now, and that the kernel gives to nobody's outgoing connection:
/// a server that is stopped and started again finds its port free.
public enum FreePort {
    /// One of them.
    public static func one() throws -> Int { try several(1)[0] }

    /// So many; all are held until all are known, so that they differ.
    public static func several(_ count: Int) throws -> [Int] {
        var descriptors: [Int32] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        return try (0..<count).map { _ in
            for _ in 0..<100 {
                if let port = claim(Int.random(in: 20_000..<32_768), &descriptors) { return port }
            }
            throw ChildProcess.Failure(description: "no free port")
        }
    }

    /// Binds a port.
    private static func claim(_ port: Int, _ descriptors: inout [Int32]) -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        descriptors.append(descriptor)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(clamping: port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 }
        }
        return isBound ? port : nil
    }
}
