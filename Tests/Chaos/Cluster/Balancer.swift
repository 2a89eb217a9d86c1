import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit

/// A real HAProxy before the API nodes, with the shipped file's rules and checks that come often.
final class Balancer: Sendable {
    let url: String
    private let process: ChildProcess

    init(ports: [Int], port: Int, in directory: String) throws {
        let servers = ports.enumerated().map { "  server api-\($0.offset) 127.0.0.1:\($0.element)" }
        let text = """
            defaults
              mode http
              timeout connect 2s
              timeout client 30s
              timeout server 30s
              timeout http-request 5s
              option redispatch
              retries 3
              retry-on conn-failure
            frontend web
              bind 127.0.0.1:\(port)
              default_backend api
            backend api
              balance roundrobin
              option httpchk GET /livez
              default-server inter 500ms fastinter 200ms fall 2 rise 1 check
            \(servers.joined(separator: "\n"))

            """
        let file = "\(directory)/haproxy.cfg"
        try Data(text.utf8).write(to: URL(filePath: file))
        process = try ChildProcess.start("haproxy", ["-db", "-f", file], output: "\(directory)/haproxy.log")
        url = "http://127.0.0.1:\(port)"
    }

    deinit {
        process.signal(SIGKILL)
        _ = process.wait(milliseconds: 5000)
    }
}
