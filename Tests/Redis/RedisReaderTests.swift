import RoostTestKit
import Testing

@testable import RoostRedis

@Suite("The reader of replies")
struct RedisReaderTests {
    private func read(_ text: String, limit: Int = 1 << 20, chunk: Int = .max) throws -> [RedisValue] {
        try read(Array(text.utf8), limit: limit, chunk: chunk)
    }

    private func read(_ bytes: [UInt8], limit: Int, chunk: Int) throws -> [RedisValue] {
        let reader = try RedisReader(limit: limit)
        var values: [RedisValue] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(chunk))
            rest = rest.dropFirst(piece.count)
            try piece.withUnsafeBytes { try reader.feed($0) }
            while let value = try reader.next() { values.append(value) }
        }
        return values
    }

    private let everything =
        "+OK\r\n-ERR no such key\r\n:-42\r\n$5\r\na\0b\r\n\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n*3\r\n:1\r\n*2\r\n+a\r\n$-1\r\n*0\r\n:7\r\n"
    private let values: [RedisValue] = [
        .status("OK"), .error(RedisServerError(code: "ERR", message: "no such key")), .integer(-42),
        .string([97, 0, 98, 13, 10]), .string([]), .null, .null, .array([]),
        .array([.integer(1), .array([.status("a"), .null]), .array([])]), .integer(7),
    ]

    @Test("understands every type, however the bytes are cut", arguments: [1, 2, 3, 7, 1000])
    func types(chunk: Int) throws {
        #expect(try read(everything, chunk: chunk) == values)
    }

    @Test(
        "refuses what is not RESP2, and lies about lengths",
        arguments: [
            "hello\r\n", "*2147483647\r\n", "*1000000\r\n", "*99999999999999999999\r\n", "*-2\r\n", "$-2\r\n",
        ])
    func violations(text: String) {
        let error = #expect(throws: RedisError.self) { try read(text) }
        #expect(error?.code == .protocolViolation)
    }

    @Test("what hiredis 0.14 refuses and 1.x understands, RESP3 and deeper nesting, crashes neither")
    func newerLibrary() {
        for text in ["%1\r\n", "%1\r\n+a\r\n:1\r\n", String(repeating: "*1\r\n", count: 10) + ":1\r\n"] {
            do {
                _ = try read(text)
            } catch {
                #expect((error as? RedisError)?.code == .protocolViolation)
            }
        }
    }

    @Test("keeps a reply within the limit, in one piece or in many")
    func limit() throws {
        let big = String(repeating: "x", count: 3000)
        #expect(try read("$3000\r\n\(big)\r\n", limit: 4096) == [.string(Array(big.utf8))])
        #expect(throws: RedisError.self) { try read("$3000\r\n\(big)\r\n", limit: 2000) }
        #expect(throws: RedisError.self) { try read("$9223372036854775807\r\n" + big, limit: 2000, chunk: 100) }
        #expect(throws: RedisError.self) {
            try read("*3\r\n" + String(repeating: "$900\r\n\(big.prefix(900))\r\n", count: 3), limit: 2048)
        }
        // The limit is per reply: many small ones may exceed it together.
        #expect(try read(String(repeating: "$900\r\n\(big.prefix(900))\r\n", count: 30), limit: 2048).count == 30)
    }

    @Test("survives random bytes")
    func random() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("*$:+-\r\n\r\n0123459%_,".utf8)
        let valid = Array(everything.utf8)
        for round in 0..<6000 {
            var bytes: [UInt8]
            switch round % 3 {
            case 0:
                bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in .random(in: 0...255, using: &random) }
            case 1:
                bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                    alphabet[.random(in: 0..<alphabet.count, using: &random)]
                }
            default:
                bytes = valid
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[.random(in: 0..<bytes.count, using: &random)] =
                        alphabet[
                            .random(in: 0..<alphabet.count, using: &random)]
                }
            }
            _ = try? read(bytes, limit: 4096, chunk: .random(in: 1...64, using: &random))
        }
    }

    @Test("gives back what the writer of commands wrote")
    func wire() throws {
        var command = RedisCommand("SET", "", "k")
        command.append([0, 13, 10, 255])
        command.append(Int64.min)
        let value = try read(try command.wireBytes(), limit: 1 << 20, chunk: .max)
        #expect(
            value == [
                .array([
                    .string(Array("SET".utf8)), .string([]), .string([107]), .string([0, 13, 10, 255]),
                    .string(Array("-9223372036854775808".utf8)),
                ])
            ])
        #expect(RedisScript(name: "one", source: "return 1").sha1 == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db")
    }
}
