import Testing

@testable import RoostJobs

@Suite("A JSON object")
struct JSONObjectTests {
    private func parse(_ text: String) throws -> JSONObject { try JSONScanner.parseObject(Array(text.utf8)) }

    @Test("hands out its members' bytes exactly as they were written")
    func exactBytes() throws {
        let values = [
            "{ \"b\" : [ 1 , 2.50e+1 ] }", "[1,2,\n3]", "\"\\u00e9\\/é\"", "-0.0", "1E5", "true", "false", "null", "{}",
            "\"\"", "123456789012345678901234567890",
        ]
        for value in values {
            let object = try parse(" { \"a\" :  \(value)  , \"z\":0 } ")
            #expect(object["a"]?.bytes == Array(value.utf8))
            #expect(object["z"]?.bytes == [0x30])
            #expect(object.members.map(\.key) == ["a", "z"])
        }
    }

    @Test("keeps its members in order and finds them by name")
    func members() throws {
        let object = try parse(#"{"z":1,"a":"x","m":null,"\u00e9\n":true,"":{}}"#)
        #expect(object.members.map(\.key) == ["z", "a", "m", "é\n", ""])
        #expect(object.members.map(\.value.kind) == [.number, .string, .null, .bool, .object])
        #expect(object["é\n"]?.bool == true)
        #expect(object[""]?.kind == .object)
        #expect(object["b"] == nil)
        #expect(object["Z"] == nil)
    }

    @Test("tells members apart by their characters, not by what they look like")
    func canonicalEquivalence() throws {
        let object = try parse("{\"e\u{301}\":1,\"\u{E9}\":2}")
        #expect(object["e\u{301}"]?.int == 1)
        #expect(object["\u{E9}"]?.int == 2)
    }

    @Test("shows only its own members, not those of objects inside")
    func nested() throws {
        let object = try parse(#"{"a":{"b":1,"c":{"d":[{"e":2}]}}}"#)
        #expect(object["b"] == nil)
        #expect(object["a"]?.object?["b"]?.int == 1)
        #expect(object["a"]?.object?["c"]?.object?["d"]?.bytes == Array(#"[{"e":2}]"#.utf8))
        #expect(try parse("{}").members.isEmpty)
    }

    @Test("is nothing else", arguments: ["[]", "1", "\"{}\"", "null", "true", "", "{", "{}x", "[{}]"])
    func notObjects(text: String) {
        #expect(throws: JSONFault.self) { try parse(text) }
    }

    @Test(
        "decodes strings",
        arguments: [
            (#""""#, ""), (#""a""#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9""#, "Aé"),
            (#""\uD83D\uDC26""#, "🐦"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""é🐦""#, "é🐦"), (#""\\u0041""#, "\\u0041"),
            (#""x\uD834\uDD1Ey""#, "x𝄞y"), (#""\uFFFF\ue000""#, "\u{FFFF}\u{E000}"),
        ])
    func strings(text: String, expected: String) throws {
        let value = try #require(try parse("{\"a\":\(text)}")["a"])
        #expect(value.string.map { Array($0.utf8) } == Array(expected.utf8))
    }

    @Test(
        "reads whole numbers that fit, and no others",
        arguments: [
            ("0", Int?(0)), ("-0", 0), ("1", 1), ("-1", -1), ("1.0", 1), ("1e3", 1000), ("1.5", nil), ("1e-1", nil),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("1e18", 1_000_000_000_000_000_000), ("1e19", nil), ("1e300", nil),
            ("123456789012345678901234567890", nil),
        ])
    func integers(text: String, expected: Int?) throws {
        #expect(try parse("{\"a\":\(text)}")["a"]?.int == expected)
    }

    @Test("reads each kind as itself and as nothing else")
    func kinds() throws {
        let object = try parse(#"{"s":"1","n":1.5,"t":true,"f":false,"z":null,"o":{},"a":[]}"#)
        #expect(object["n"]?.double == 1.5)
        #expect(object["t"]?.bool == true)
        #expect(object["f"]?.bool == false)
        for name in ["n", "t", "f", "z", "o", "a"] { #expect(object[name]?.string == nil, "\(name)") }
        for name in ["s", "t", "f", "z", "o", "a"] { #expect(object[name]?.int == nil, "\(name)") }
        for name in ["s", "t", "f", "z", "o", "a"] { #expect(object[name]?.double == nil, "\(name)") }
        for name in ["s", "n", "z", "o", "a"] { #expect(object[name]?.bool == nil, "\(name)") }
        for name in ["s", "n", "t", "f", "z", "a"] { #expect(object[name]?.object == nil, "\(name)") }
    }

    @Test("an array's elements are its exact bytes, all checked, the first ones kept")
    func arrayElements() throws {
        let text = #" [ {"a":[1,"],"]} , "x,]" ,2, [] ] "#
        let elements = try JSONScanner.parseArray(Array(text.utf8))
        #expect(
            elements.map { String(decoding: $0.bytes, as: UTF8.self) } == [#"{"a":[1,"],"]}"#, #""x,]""#, "2", "[]"])
        #expect(elements.map(\.kind) == [.object, .string, .number, .array])
        #expect(try JSONScanner.parseArray(Array("[1,2,3]".utf8), limit: 2).count == 2)
        #expect(throws: JSONFault.self) { try JSONScanner.parseArray(Array("[1,2,x]".utf8), limit: 1) }
        #expect(throws: JSONFault.self) { try JSONScanner.parseArray(Array("{}".utf8)) }
        #expect(try JSONScanner.parseArray(Array("[ ]".utf8)).isEmpty)
    }

    @Test("elements are read one by one, each object with its members, also of a text that breaks later")
    func elements() throws {
        var seen: [String] = []
        let read = { (text: String) throws(JSONFault) in
            try JSONScanner.readObjects(Array(text.utf8)) { slice, object in
                let keys = object.map { object in (0..<object.count).map { object[at: $0].key }.joined(separator: ",") }
                seen.append("\(slice.kind.rawValue) \(slice.count) \(keys ?? "-")")
            }
        }
        try read(##" [ {"a":1,"\u0062":{"c":[2]}}, 7, {}, [{"d":1}] ] "##)
        #expect(seen == ["object 26 a,b", "number 1 -", "object 2 ", "array 9 -"])
        seen = []
        #expect(throws: JSONFault.self) { try read(#"[{"a":1},{"a":1,"a":2}]"#) }
        #expect(seen == ["object 7 a"])
        #expect(throws: JSONFault.self) { try read("{}") }
    }

    @Test("a part of a text is read as if it stood alone, faults counted from where it begins")
    func parts() throws {
        let bytes = Array(##"{"x":1}{"a":{"b":"é"},"n":-12}{"a":1,"a":2}"##.utf8)
        let object = try JSONScanner.parseObject(bytes, in: 7..<31)
        #expect(object.members.map(\.key) == ["a", "n"] && object["n"]?.int == -12)
        #expect(object["a"]?.object?["b"]?.string == "é")
        #expect(throws: JSONFault("duplicate key", at: 7)) { try JSONScanner.parseObject(bytes, in: 31..<bytes.count) }
        #expect(throws: JSONFault("unexpected end", at: 5)) { try JSONScanner.parseObject(bytes, in: 0..<5) }
        #expect(throws: JSONFault.self) { try JSONScanner.parseObject(bytes, in: 0..<8) }
    }

    @Test("of few keys and of many, plain or escaped, none comes twice, and inner objects have their own")
    func keys() throws {
        for count in [1, 7, 8, 9, 20] {
            let keys = (0..<count).map { "\"k\($0)\":{\"k0\":1,\"k1\":2}" }
            #expect(try parse("{\(keys.joined(separator: ","))}").count == count)
            for index in [0, count - 1] {
                for twin in ["\"k\(index)\":0", "\"\\u006b\(index)\":0"] {
                    #expect(throws: JSONFault.self) { try parse("{\((keys + [twin]).joined(separator: ","))}") }
                    #expect(throws: JSONFault.self) { try parse("{\(([twin] + keys).joined(separator: ","))}") }
                }
            }
        }
    }
}
