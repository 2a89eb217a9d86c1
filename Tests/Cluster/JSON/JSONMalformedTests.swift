import FoundationEssentials
import RoostTestKit
import Testing

@testable import RoostCluster

@Suite("Malformed JSON")
struct JSONMalformedTests {
    @Test(
        "what is not JSON is refused",
        arguments: [
            "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
            "{\"a\" 1}", "{a:1}", "{1:1}", "{\"a\":1 \"b\":2}", "nul", "nulll", "truE", "fals", "True", "NaN",
            "Infinity",
            "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x10", "1_000", "--1", "1 2", "\"", "\"a", "'a'",
            "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\uD800\"", "\"\\uDC00\"", "\"\\uD800\\n\"",
            "\"\\uD800\\uD800\"", "\"a\nb\"", "\"\u{0}\"", "\"\u{1F}\"", "[1]]", "{}{}", "[1}", "{\"a\":1]",
            "\u{FEFF}1",
            "/* c */1", "1//", "[1,,2]", "{\"a\":1,,}", "\"\\", "\"\\u", "{\"", "{\"\\", "[\"\\uD83D",
        ])
    func malformed(text: String) {
        #expect(throws: MeshError.undecodable) { try JSONBody.decode(AnyJSON.self, Array(text.utf8)) }
    }

    @Test(
        "bytes that are not UTF-8 are refused, in texts and in keys",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE2, 0x82],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE, 0xFF], [0xE2, 0x82, 0x28], [0xF0, 0x9F, 0x98, 0x28],
        ] as [[UInt8]])
    func encoding(bytes: [UInt8]) {
        for text in [[0x22] + bytes + [0x22], [0x22] + bytes, bytes, [0x7B, 0x22] + bytes + [0x22, 0x3A, 0x31, 0x7D]] {
            #expect(throws: MeshError.undecodable) { try JSONBody.decode(AnyJSON.self, text) }
        }
    }

    @Test("a text cut anywhere is refused")
    func cut() throws {
        var generator = SeededGenerator(seed: 5)
        let bytes = try JSONBody.encode(JSONRecord(&generator))
        for length in 0..<bytes.count {
            #expect(throws: MeshError.undecodable) { try JSONBody.decode(AnyJSON.self, Array(bytes[..<length])) }
        }
    }

    @Test("changed bytes are refused or read as Foundation reads them, and nothing crashes")
    func fuzz() throws {
        let hot =
            Array("{}[]\",:\\/u0123456789eE+-.truefalsnl \n\u{0}é".utf8) + [0x80, 0xC0, 0xE0, 0xED, 0xF0, 0xF4, 0xFF]
        for seed in 0..<UInt64(FlowTests.measure("ROOST_TEST_FUZZ", 2000)) {
            var generator = SeededGenerator(seed: seed)
            var bytes = try JSONBody.encode([AnyJSON.random(&generator, depth: 2)])
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                let byte = hot.randomElement(using: &generator) ?? 0
                switch Int.random(in: 0...2, using: &generator) {
                case 0: bytes[index] = byte
                case 1: bytes.insert(byte, at: index)
                default: if bytes.count > 1 { bytes.remove(at: index) }
                }
            }
            let own = try? JSONBody.decode(AnyJSON.self, bytes)
            _ = try? JSONBody.decode(JSONRecord.self, bytes)
            guard let own else { continue }
            let foundation = try? JSONDecoder().decode(AnyJSON.self, from: Data(bytes))
            // Whether a number near a limit of its type is an integer is not the same.
            #expect(foundation?.roughly == own.roughly, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test("noise is refused, and nothing crashes")
    func noise() {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<FlowTests.measure("ROOST_TEST_FUZZ", 10_000) {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            _ = try? JSONBody.decode(JSONRecord.self, bytes)
            _ = try? JSONBody.decode(AnyJSON.self, bytes)
        }
    }
}
