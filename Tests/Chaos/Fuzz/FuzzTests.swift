import NIOHTTP1
import RoostProcessKit
import RoostTestKit
import Testing

/// Anything may be put into what reads.
@Suite(.serialized) struct FuzzTests {
    private static let names = FuzzRun.chosen(FuzzTarget.all.map(\.name))

    @Test("no input ends the process that parses it", arguments: names)
    func parsers(name: String) throws {
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else { return }
        if let obstacle = target.obstacle {
            return FigureSheet.add("fuzz \(name)", "left out: \(obstacle)", goal: "no crash", isMet: false)
        }
        let figures = try FuzzRun.perform(target, seed: ChaosOptions.seed)
        #expect(figures.inputs > 0)
        FigureSheet.add(
            "fuzz \(name), \(FuzzRun.seconds) s, seed \(figures.seed)",
            "\(figures.inputs) inputs, \(figures.slow) of them over 100 ms, slowest "
                + ChaosReport.text(figures.slowestMilliseconds / 1000),
            goal: "no crash, 0 over 100 ms", isMet: figures.slow == 0,
            values: [
                "inputs": .count(figures.inputs), "slow": .count(figures.slow),
                "slowest": .number(figures.slowestMilliseconds / 1000),
            ])
        try ChaosReport.keep(figures, as: "fuzz-\(name)")
    }

    @Test("no request ends a server or makes it fail", arguments: FuzzRun.chosen(["envelopes", "queries"]))
    func requests(name: String) async throws {
        let directory = try TemporaryDirectory()
        let server = try RoostProgram(
            ["up", "--store", "memory:", "--port", "0", "--mesh-port", "0", "--console-port", "0", "--demo"],
            name: "up", in: directory.path)
        guard let base = try await server.parts()?["http"] else { throw Surprise(server.printed) }
        let client = JobClient(base: base)
        let run = try FuzzRun(name)
        let seeds = name == "envelopes" ? Self.envelopes : Self.queries
        var kept = try FuzzRun.kept(name)
        var input = FuzzInput(
            seed: ChaosOptions.seed, seeds: seeds.map { Array($0.utf8) } + kept, words: Self.words)
        var statuses: [Int: Int] = [:]
        let end = ContinuousClock.now + .seconds(FuzzRun.seconds)
        repeat {
            let bytes = kept.popLast() ?? input.next()
            run.note(bytes)
            let reply: JobClient.Reply?
            if name == "envelopes" {
                reply = try? await client.request(.POST, "/jobs", String(decoding: bytes, as: UTF8.self))
            } else {
                reply = try? await client.request(.GET, "/jobs?\(Self.escaped(bytes.prefix(4000)))")
            }
            statuses[reply?.status ?? 0, default: 0] += 1
            guard server.isAlive, let reply, reply.status < 500 else {
                let status = reply?.status ?? 0
                FuzzRun.blame(bytes, name)
                Issue.record(
                    "status \(status): \(String(decoding: bytes, as: UTF8.self)) \(server.printed.suffix(500))")
                break
            }
        } while ContinuousClock.now < end
        let total = statuses.values.reduce(0, +)
        let list = statuses.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
        FigureSheet.add(
            "fuzz \(name), \(FuzzRun.seconds) s, seed \(ChaosOptions.seed)", "\(total) requests: \(list)",
            goal: "no crash, no 5xx", isMet: statuses.allSatisfy { 200..<500 ~= $0.key },
            values: ["requests": .count(total)])
        await client.close()
        #expect(try server.stop() == 0)
    }

    private static let envelopes = [
        #"{"type":"noop","payload":{"a":1},"queue":"default","priority":5,"max_attempts":3,"delay":1,"timeout":60}"#,
        #"{"payload":{"task":"noop"},"run_at":"2030-01-01T00:00:00Z","result_ttl":60,"unique":"k","tags":["a","b"]}"#,
        #"{"type":"noop","payload":{},"retry":[0.1,5],"start_by":"2030-01-01T00:00:00Z","deadline":"2030-01-01T00:00:00Z"}"#,
        #"{"type":"noop","payload":{},"unique":{"key":"a","period":5},"depends_on":["01M7YY0KGVXRG6BSRQJ7HVNJY8"]}"#,
        #"{"type":"noop","payload":{},"retry":{"kind":"exponential","base":1,"cap":60,"jitter":0.5},"tenant":"t"}"#,
    ]

    private static let queries = [
        "status=done&type=noop&queue=default&page=1&per_page=50", "page=2&per_page=200&status=failed",
        "cursor=01M7YY0KGV",
        "q=type:noop status:done&page=1", "status=queued&status=done", "per_page=0&page=-1",
    ]

    private static let words = [
        #"""#, "{", "}", "[", "]", ":", ",", "null", "true", "&", "=", "%00", "%", "page", "per_page", "cursor",
        "status",
        #""delay":"#, #""run_at":"#, #""priority":"#, #""timeout":"#, #""result_ttl":"#, #""max_attempts":"#,
    ]

    /// As a query may be sent: what no URL may hold is escaped, what is special in one is not.
    private static func escaped(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            if byte > 0x20, byte < 0x7F, !"\"#<>\\^`{|}".utf8.contains(byte) {
                text.append(byte)
            } else {
                text += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
