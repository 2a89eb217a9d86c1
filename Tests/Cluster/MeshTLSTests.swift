import Glibc
import NIOCore
import NIOPosix
import RoostTestKit
import Testing

@testable import RoostCluster

@Suite("Mesh with TLS")
struct MeshTLSTests {
    /// A directory with two authorities and a certificate of each, made by the `openssl` command.
    private final class Authorities: Sendable {
        let directory: String

        init() async throws {
            var template = Array("/tmp/roost-tls-XXXXXX".utf8CString)
            directory = try Fixture.required(mkdtemp(&template).map { String(cString: $0) })
            for authority in ["own", "foreign"] {
                try await openssl(
                    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=\(authority) "
                        + "-keyout \(authority)-ca.key -out \(authority)-ca.pem")
                try await openssl(
                    "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=member "
                        + "-keyout \(authority).key -out \(authority).csr")
                try await openssl(
                    "x509 -req -days 1 -in \(authority).csr -CA \(authority)-ca.pem -CAkey \(authority)-ca.key "
                        + "-CAcreateserial -out \(authority).pem")
            }
        }

        deinit {
            guard let listing = opendir(directory) else { return }
            while let entry = readdir(listing) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                unlink("\(directory)/\(name)")
            }
            closedir(listing)
            rmdir(directory)
        }

        func tls(_ authority: String, trusting trusted: String = "own") -> MeshTLS {
            MeshTLS(
                certificatePath: "\(directory)/\(authority).pem", keyPath: "\(directory)/\(authority).key",
                authorityPath: "\(directory)/\(trusted)-ca.pem")
        }

        private func openssl(_ arguments: String) async throws {
            let words = arguments.split(separator: " ").map { word in
                word.contains(".") && !word.contains(":") && !word.contains("=") ? "\(directory)/\(word)" : "\(word)"
            }
            try ChildProcess.run("/usr/bin/openssl", words)
        }
    }

    private static var hasOpenSSL: Bool { access("/usr/bin/openssl", X_OK) == 0 }

    @Test("members with certificates of the same authority connect and talk", .enabled(if: hasOpenSSL))
    func talking() async throws {
        let authorities = try await Authorities()
        let bench = try await MeshBench.start(2) { $0.tls = authorities.tls("own") }
        let mesh = bench.meshes[1]
        try mesh.services.register("echo") { $0.body }
        try await bench.running {
            try await bench.connectAll()
            let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
            #expect(try await bench.meshes[0].call(mesh.me.name, "echo", body, timeout: .seconds(30)) == body)
            var configuration = try Fixture.configuration()
            configuration.tls = authorities.tls("own")
            let client = MeshClient(configuration: configuration, eventLoopGroup: Fixture.group)
            let peer = try await client.connect(host: "127.0.0.1", port: mesh.me.meshPort)
            #expect(try await peer.call("echo", [1], timeout: .seconds(30)) == [1])
            await peer.close()
        }
    }

    @Test(
        "a certificate of another authority, none at all, and a wrong cookie behind a right one are refused",
        .enabled(if: hasOpenSSL))
    func refusals() async throws {
        let authorities = try await Authorities()
        let bench = try await MeshBench.start(1) { $0.tls = authorities.tls("own") }
        let mesh = bench.meshes[0]
        try await bench.running {
            for tls in [authorities.tls("foreign"), authorities.tls("own", trusting: "foreign"), nil] {
                var configuration = try Fixture.configuration()
                configuration.tls = tls
                let client = MeshClient(configuration: configuration, eventLoopGroup: Fixture.group)
                await #expect(throws: MeshError.self) {
                    try await client.connect(host: "127.0.0.1", port: mesh.me.meshPort)
                }
            }
            try await MeshBench.eventually { mesh.counters.rejected[.tls] == 3 }
            var configuration = try Fixture.configuration(secrets: ["wrong wrong wrong wrong wrong wrong"])
            configuration.tls = authorities.tls("own")
            let client = MeshClient(configuration: configuration, eventLoopGroup: Fixture.group)
            await #expect(throws: MeshError.rejected(.cookie)) {
                try await client.connect(host: "127.0.0.1", port: mesh.me.meshPort)
            }
            #expect(mesh.counters.established == 0)
        }
    }

    @Test("a proof made for other certificates does not pass")
    func binding() throws {
        var sides = try [HandshakeMachine.Side.initiator, .acceptor].enumerated().map { number, side in
            HandshakeMachine(
                side: side,
                hello: Hello(
                    cluster: "c", member: try Fixture.member("api@a:\(number + 1)").id, roles: [], maximumPayload: 1000,
                    nonce: Array(repeating: UInt8(number), count: 32)), cookies: [try Fixture.cookie()])
        }
        sides[0].binding = [1]
        sides[1].binding = [2]
        let hello = try Fixture.required(sides[0].begin())
        _ = sides[1].begin()
        guard case .send(let answer) = sides[1].receive(hello), case .send(let proof) = sides[0].receive(answer) else {
            throw Fixture.Missing()
        }
        #expect(sides[1].receive(proof) == .reject(.cookie, answer: .rejection(.cookie)))
    }

    @Test("a mesh whose certificate cannot be read is not made")
    func unreadable() async throws {
        await #expect(throws: MeshError.self) {
            try await MeshBench.start(1) {
                $0.tls = MeshTLS(
                    certificatePath: "/nonexistent", keyPath: "/nonexistent", authorityPath: "/nonexistent")
            }
        }
    }
}
