import FoundationEssentials
import RoostTestKit
import Testing

@testable import RoostCluster

@Suite("JSON bodies and Foundation's")
struct JSONBodyTests {
    /// The seed is the number of the round.
    private var rounds: UInt64 { UInt64(FlowTests.measure("ROOST_TEST_FUZZ", 200)) }

    private func check<Value: Codable & Hashable>(_ value: Value, _ seed: UInt64) throws {
        let own = try JSONBody.encode(value)
        let foundation = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode(Value.self, from: Data(own)) == value, "seed \(seed)")
        #expect(try JSONBody.decode(Value.self, Array(foundation)) == value, "seed \(seed)")
        #expect(try JSONBody.decode(Value.self, own) == value, "seed \(seed)")
    }

    @Test("any value is read by either what the other wrote")
    func values() throws {
        for seed in 0..<rounds {
            var generator = SeededGenerator(seed: seed)
            try check([AnyJSON.random(&generator)], seed)
        }
    }

    @Test("a record of every kind of member is read by either what the other wrote")
    func records() throws {
        for seed in 0..<rounds {
            var generator = SeededGenerator(seed: seed)
            try check(JSONRecord(&generator), seed)
        }
    }

    @Test("spaces and line ends between values are passed over")
    func pretty() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        for seed in 0..<100 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let record = JSONRecord(&generator)
            #expect(try JSONBody.decode(JSONRecord.self, Array(try encoder.encode(record))) == record, "seed \(seed)")
        }
    }

    @Test(
        "what numbers, texts and single values look like on the wire",
        arguments: [
            (AnyJSON.integer(.min), "-9223372036854775808"), (.integer(.max), "9223372036854775807"),
            (.unsigned(.max), "18446744073709551615"), (.number(1), "1"), (.number(-0.0), "-0"),
            (.number(.leastNonzeroMagnitude), "5e-324"), (.number(.greatestFiniteMagnitude), "1.7976931348623157e+308"),
            (.bool(true), "true"), (.null, "null"), (.array([]), "[]"), (.object([:]), "{}"),
            (.text("\u{1}\u{1F}\t\n\r\u{8}\u{C}\"\\/é😀"), #""\u0001\u001f\t\n\r\b\f\"\\/é😀""#),
        ])
    func wire(value: AnyJSON, text: String) throws {
        #expect(String(decoding: try JSONBody.encode(value), as: UTF8.self) == text)
    }

    @Test("a URL and a decimal number are a text and a number")
    func foreign() throws {
        let url = try Fixture.required(URL(string: "https://example.com/a?b=c"))
        let decimal = try Fixture.required(Decimal(string: "12.345678901234567890123"))
        #expect(String(decoding: try JSONBody.encode(url), as: UTF8.self) == #""https://example.com/a?b=c""#)
        #expect(String(decoding: try JSONBody.encode(decimal), as: UTF8.self) == "12.345678901234567890123")
        try check(url, 0)
        try check([decimal], 0)
        #expect(throws: MeshError.undecodable) { try JSONBody.encode(Decimal.nan) }
        #expect(throws: MeshError.undecodable) { try JSONBody.decode(Data.self, Array(#""not base64""#.utf8)) }
    }

    @Test("infinities and NaN are not written", arguments: [Double.infinity, -.infinity, .nan])
    func nonFinite(number: Double) {
        #expect(throws: MeshError.undecodable) { try JSONBody.encode(number) }
        #expect(throws: MeshError.undecodable) { try JSONBody.encode([number]) }
        #expect(throws: MeshError.undecodable) { try JSONBody.encode(Float(number)) }
        #expect(throws: MeshError.undecodable) { try JSONBody.encode(["a": number]) }
    }

    @Test(
        "an integer may be written with a fraction or an exponent, but must be one and fit",
        arguments: [
            ("1.0", 1), ("1e2", 100), ("-12.50e1", -125), ("0e0", 0), ("-0", 0), ("9007199254740992.0", 1 << 53),
            ("127", 127), ("1.5", nil), ("1e30", nil), ("9223372036854775808", nil), ("18446744073709551616", nil),
            ("9007199254740993.0", 9_007_199_254_740_993),
            ("9.223372036854775807e18", .max), ("-922337203685477580800e-2", .min), ("0.0e99999999999999999999", 0),
            ("1e99999999999999999999", nil), ("1e-1", nil), ("10e-1", 1), ("9.223372036854775808e18", nil),
            ("\"1\"", nil), ("true", nil), ("null", nil), ("[1]", nil),
        ] as [(String, Int?)])
    func integers(text: String, value: Int?) {
        #expect((try? JSONBody.decode(Int.self, Array(text.utf8))) == value)
        #expect((try? JSONBody.decode([Int].self, Array("[\(text)]".utf8))) == value.map { [$0] })
        #expect((try? JSONBody.decode(Int8.self, Array(text.utf8))) == value.flatMap { Int8(exactly: $0) })
        #expect((try? JSONBody.decode(UInt.self, Array("-1".utf8))) == nil)
    }

    @Test("numbers beyond all doubles are refused, and numbers below them are zero")
    func doubles() throws {
        #expect(throws: MeshError.undecodable) { try JSONBody.decode(Double.self, Array("1e400".utf8)) }
        #expect(throws: MeshError.undecodable) { try JSONBody.decode(Float.self, Array("1e39".utf8)) }
        #expect(try JSONBody.decode(Double.self, Array("1e-400".utf8)) == 0)
        #expect(try JSONBody.decode(Double.self, Array("12345678901234567890".utf8)) == 1.2345678901234567e19)
    }
}
