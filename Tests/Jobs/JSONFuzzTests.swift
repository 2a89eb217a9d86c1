import RoostJobs
import RoostTestKit
import Testing

@Suite("The JSON scanner under random input")
struct JSONFuzzTests {
    @Test("never crashes on random bytes and never accepts what it would not accept again")
    func bytes() {
        var random = SeededGenerator(seed: 1)
        let alphabet = Array("{}[]\",:\\u0dD8 1-e.+truefalsn\u{E9}🐦".utf8) + [0, 0x80, 0xFF, 0xED, 0xF4]
        for _ in 0..<50_000 {
            let count = Int.random(in: 0...24, using: &random)
            let bytes = (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
            if let kind = try? JSONScanner.validate(bytes) {
                #expect((try? JSONScanner.validate([0x20] + bytes + [0x0A])) == kind)
                #expect((try? JSONScanner.validate([0x5B] + bytes + [0x5D])) == .array)
            }
        }
    }

    @Test("accepts what is well-formed, and refuses each beginning of it")
    func beginnings() throws {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<300 {
            let bytes = Array(#"{"root":\#(Self.value(depth: 4, &random))}"#.utf8)
            let object = try JSONScanner.parseObject(bytes)
            #expect(object.members.count == 1)
            for end in 0..<bytes.count { #expect((try? JSONScanner.validate(Array(bytes[..<end]))) == nil) }
        }
    }

    @Test("survives a mebibyte of anything in short order")
    func large() {
        let start = ContinuousClock.now
        let size = 1 << 20
        let inputs: [[UInt8]] = [
            [UInt8](repeating: UInt8(ascii: "["), count: size), [UInt8](repeating: UInt8(ascii: "\""), count: size),
            [UInt8](repeating: UInt8(ascii: "\\"), count: size), [UInt8](repeating: UInt8(ascii: "1"), count: size),
            [UInt8](repeating: 0x20, count: size), Array("{\"a\":".utf8) + [UInt8](repeating: 0xC3, count: size),
        ]
        for input in inputs { #expect((try? JSONScanner.validate(input)) == nil) }
        let keys = (0..<60_000).map { "\"\\u0061\($0)\":0" }.joined(separator: ",")
        #expect((try? JSONScanner.validate(Array("{\(keys)}".utf8))) == .object)
        #expect((try? JSONScanner.validate([0x22] + [UInt8](repeating: 0x61, count: size) + [0x22])) == .string)
        #expect(ContinuousClock.now - start < .seconds(120))
    }

    private static func value(depth: Int, _ random: inout SeededGenerator) -> String {
        let space = ["", " ", "\n\t"][Int.random(in: 0...2, using: &random)]
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: return "null\(space)"
        case 1: return "\(space)true"
        case 2: return "\(Int.random(in: -1_000_000...1_000_000, using: &random))"
        case 3: return "\(Double.random(in: -1...1, using: &random))"
        case 4: return #""text \u00e9 \n \" é 🐦""#
        case 5: return "\"\""
        case 6:
            let items = (0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth: depth - 1, &random) }
            return "[\(space)\(items.joined(separator: ","))\(space)]"
        default:
            let items = (0..<Int.random(in: 0...3, using: &random)).map {
                "\(space)\"k\($0)\"\(space):\(space)\(value(depth: depth - 1, &random))"
            }
            return "{\(items.joined(separator: ","))}"
        }
    }
}
