import FoundationEssentials
import RoostTestKit

/// A self-signed certificate for a name, made for one test.
final class Certificate: Sendable {
    let certificate: String
    let key: String
    private let directory: String

    init(name: String) throws {
        directory = "/tmp/roost-tls-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        certificate = "\(directory)/cert.pem"
        key = "\(directory)/key.pem"
        try ChildProcess.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-addext",
                "subjectAltName=DNS:\(name)", "-keyout", key, "-out", certificate,
            ])
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }
}
