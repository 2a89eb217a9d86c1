import FoundationEssentials
import RoostProcessKit
import RoostTestKit
import Testing

/// What the API takes of its clients is set by flag, environment and file, in that order.
@Suite struct DoorSettingsTests {
    private func roost(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) throws -> (status: Int32, text: String) {
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/roost.json"
        try Data(#"{"max-body-bytes": 2048, "idle-seconds": 7, "cors": ["https://file.example"]}"#.utf8)
            .write(to: URL(filePath: file))
        let program = try RoostProgram(
            arguments + ["--config", file], name: "config", in: directory.path, environment: environment)
        let status = try #require(program.process.wait(milliseconds: 30_000))
        return ((status >> 8) & 0xFF, program.printed)
    }

    /// The value of a line.
    private func value(_ key: String, _ text: String) -> String? {
        text.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1) }
            .first { $0.first.map(String.init) == key }?.last?.trimmingPrefix(while: { $0 == " " }).description
    }

    @Test("roost config shows them as a role would have them")
    func shown() throws {
        let text = try roost(
            ["config", "--cors", "https://a.example,https://b.example:8443"],
            ["ROOST_IDLE_SECONDS": "9", "ROOST_MAX_REQUESTS": "64", "ROOST_CORS": "https://environment.example"]
        ).text
        #expect(value("cors", text) == "https://a.example,https://b.example:8443")
        #expect(value("idle-time", text) == "9.0 seconds" && value("max-requests", text) == "64")
        #expect(value("max-body", text) == "2048" && value("max-bulk", text) == "33554432", "\(text)")
        #expect(value("header-time", text) == "10.0 seconds" && value("max-conns", text) == "10000")
    }

    @Test(
        "what cannot be is refused with its name",
        arguments: [
            ("ROOST_CORS", "example.org", "cors"), ("ROOST_CORS", "https://a.example/", "cors"),
            ("ROOST_MAX_CONNECTIONS", "0", "maxConnections"), ("ROOST_HEADER_SECONDS", "soon", "headerSeconds"),
        ])
    func refused(name: String, text: String, key: String) throws {
        let end = try roost(["config"], [name: text])
        #expect(end.status == 78 && end.text.contains(key), "\(end)")
    }
}
