import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit

/// A real HAProxy with the file that is shipped, on a free loopback port: only its addresses and its DNS are others.
final class ShippedBalancer: Sendable {
    let url: String
    private let process: ChildProcess

    init(apis: [String], in directory: String) throws {
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
        let shipped = try String(contentsOfFile: "\(root)/deploy/haproxy/haproxy.cfg", encoding: .utf8)
        let ports = try FreePort.several(2)
        let (port, stats) = (ports[0], ports[1])
        var places = 0
        let lines = shipped.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
            let words = line.split(separator: " ")
            switch words.first {
            case "bind": return ["  bind 127.0.0.1:\(words[1] == ":80" ? port : stats)"]
            case "default-server": return [String(line.split(separator: " resolvers ")[0])]
            case "server-template":
                places += 1
                return apis.enumerated().map { "  server api-\($0) \($1.dropFirst("http://".count))" }
            default: return [String(line)]
            }
        }
        // A file that changed its shape is to be seen here, not in what the tests find.
        guard places == 1 else { throw Surprise("deploy/haproxy/haproxy.cfg has no server-template") }
        let file = "\(directory)/shipped.cfg"
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: file))
        process = try ChildProcess.start("haproxy", ["-db", "-f", file], output: "\(directory)/haproxy.log")
        url = "http://127.0.0.1:\(port)"
        let curl = Curl(base: url)
        _ = try eventually("haproxy to answer") { try curl.get("/livez").status == 200 ? true : nil }
    }

    deinit {
        process.signal(SIGKILL)
        _ = process.wait(milliseconds: 5000)
    }
}
