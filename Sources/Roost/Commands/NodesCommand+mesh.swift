import ArgumentParser
import FoundationEssentials
import RoostCluster
import RoostJobs

extension NodesCommand {
    struct Ping: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure the time to members and back, over the mesh.",
            discussion: "Joins the cluster as a shell. Ends with 69 when one of them does not answer.")
        @Argument(help: "The members, or parts of their names; all when none is named.") var names: [String] = []
        @Option(help: "Seconds to wait for each.") var timeout = 5.0
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: SettingsOptions

        private struct Row: Encodable {
            let name: String
            var milliseconds: Double?
            var error: String?

            enum CodingKeys: String, CodingKey {
                case name, error
                case milliseconds = "round_trip_ms"
            }
        }

        func run() async throws {
            let limit = try NodesCommand.duration(timeout)
            try await Visit.run(options) { station, _ in
                let all = station.snapshot.up.map(\.member.name).filter { $0 != station.me.name && $0.role != .shell }
                let targets = try names.isEmpty ? all : names.map { try NodeNames.resolve($0, in: station.snapshot) }
                var rows: [Row] = []
                for name in targets {
                    var row = Row(name: name.description)
                    do throws(MeshError) {
                        let time = try await station.mesh.ping(name, timeout: limit)
                        row.milliseconds = MeshText.thousandths(time)
                        if !json { Console.print("\(row.name)  \(MeshText.milliseconds(time))") }
                    } catch {
                        row.error = MeshText.sentence(error)
                        if !json { Console.print("\(row.name)  \(MeshText.sentence(error))") }
                    }
                    rows.append(row)
                }
                if json {
                    let encoder = JSONEncoder()
                    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                    Console.print(Array(try encoder.encode(rows)))
                }
                if rows.isEmpty { throw Failure(.unavailable, "nobody else is in the cluster") }
                let silent = rows.count { $0.error != nil }
                if silent > 0 { throw Failure(.unavailable, "\(silent) of \(rows.count) did not answer") }
            }
        }
    }

    struct Call: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask a service of a member and print its answer.",
            discussion: """
                Joins the cluster as a shell. Every member answers echo, whoami and mesh (what its mesh has seen); those
                started with --demo also demo.echo and demo.relay:

                roost nodes call 4370 demo.relay '{"message":"hi","route":["worker@10.0.0.8:4370"]}'
                """)
        @Argument(help: "The member, or a part of its name.") var name: String
        @Argument(help: "The service.") var service: String
        @Argument(help: "What to send: JSON or any text, @FILE, or - for standard input.") var body: String?
        @Option(help: "Seconds to wait for the answer.") var timeout = 5.0
        @Flag(help: "Print JSON: who answered, and what.") var json = false
        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let limit = try NodesCommand.duration(timeout)
            let request = try NodesCommand.body(body)
            try await Visit.run(options) { station, _ in
                let member = try NodeNames.resolve(name, in: station.snapshot)
                do throws(MeshError) {
                    let reply = try await station.mesh.call(member, service, request, timeout: limit)
                    Console.print(json ? NodesCommand.document(member, service, reply) : reply)
                } catch {
                    throw MeshText.failure(error, "\(member) \(service)")
                }
            }
        }
    }

    private static func duration(_ seconds: Double) throws(Failure) -> Duration {
        guard seconds > 0, seconds <= 3600 else { throw Failure(.usage, "--timeout: 0 to 3600 seconds") }
        return .milliseconds(Int64(max(1, seconds * 1000)))
    }

    /// Bytes as they are given; nobody says that a service takes JSON.
    private static func body(_ text: String?) throws(Failure) -> [UInt8] {
        guard let text else { return [] }
        if text == "-" {
            var bytes: [UInt8] = []
            while let line = readLine(strippingNewline: false), bytes.count < 16 << 20 { bytes += Array(line.utf8) }
            return bytes
        }
        guard text.hasPrefix("@") else { return Array(text.utf8) }
        do {
            return Array(try Data(contentsOf: URL(filePath: String(text.dropFirst()))))
        } catch {
            throw Failure(.badInput, "cannot read \(text.dropFirst())")
        }
    }

    /// An answer that is JSON as it is, any other as text.
    private static func document(_ member: MemberName, _ service: String, _ reply: [UInt8]) -> [UInt8] {
        var members = JSONMembers()
        members.add("node", member.description)
        members.add("service", service)
        do throws(JSONFault) {
            try JSONScanner.validate(reply)
            members.add("reply", json: reply)
        } catch {
            members.add("reply", String(decoding: reply, as: UTF8.self))
        }
        return members.bytes
    }
}
