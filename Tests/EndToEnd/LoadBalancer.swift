import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit

/// A real HAProxy on a free loopback port before the given API nodes: the shipped file's rules without its DNS.
final class LoadBalancer: Sendable {
    let url: String
    private let process: ChildProcess

    init(apis: [String], in directory: String) throws {
        let servers = apis.enumerated().map { index, url in
            "  server api-\(index) \(url.dropFirst("http://".count))"
        }
        let port = try FreePort.one()
        let file = "\(directory)/haproxy.cfg"
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
              option forwardfor
              default_backend api
            backend api
              balance roundrobin
              option httpchk GET /livez
              default-server inter 500ms fastinter 200ms fall 2 rise 1 check
            \(servers.joined(separator: "\n"))

            """
        try Data(text.utf8).write(to: URL(filePath: file))
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
