import FoundationEssentials
import Glibc

/// The one redis-server all cases of a test process share; stopped when the process exits.
enum SharedRedis {
    static let server = Result {
        let server = try RedisServer.start()
        atexit { SharedRedis.remove() }
        return server
    }

    private static func remove() {
        guard case .success(let server) = server else { return }
        server.kill()
        try? FileManager.default.removeItem(atPath: server.directory)
    }
}
