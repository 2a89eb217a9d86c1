import RoostJobs
import RoostTestKit
import Testing

@Suite("The JSON scanner")
struct JSONScannerTests {
    @Test(
        "knows the kind of what it accepts",
        arguments: [
            ("{}", JSONKind.object), ("[]", .array), ("\"\"", .string), ("0", .number), ("true", .bool),
            ("false", .bool), ("null", .null), (" \t\r\n{ } \n", .object), ("[ ]", .array), ("[1,2,3]", .array),
            ("{\"a\":{\"b\":[null,true,\"x\"]}}", .object), ("{\"\":1}", .object), ("\"\u{7F}\"", .string),
            ("[[],[[]],{}]", .array), ("{\"a\":1,\"A\":2,\"a \":3}", .object), ("\"\u{FEFF}\"", .string),
            ("\"日本 🐦 e\u{301}\"", .string), ("\"\u{FFFF}\u{10FFFF}\"", .string), ("\"\u{2028}\"", .string),
        ])
    func accepts(text: String, kind: JSONKind) throws {
        #expect(try JSONScanner.validate(Array(text.utf8)) == kind)
    }

    @Test(
        "refuses what is not one JSON value",
        arguments: [
            "", " ", "{", "}", "[", "]", "\"", ",", ":", "{]", "[}", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1 2]",
            "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\"::1}", "{a:1}",
            "{'a':1}", "{1:1}", "{null:1}", "{\"a\":1 \"b\":2}", "nul", "nulll", "True", "TRUE", "tru", "t", "fals",
            "undefined", "NaN", "Infinity", "-Infinity", "'a'", "//x\n1", "1//x", "/**/1", "#", "{}{}", "{} x",
            "[] []", "1 2", "1,2", "null null", "{}\0", "\0", "\0{}", "{}\u{B}", "\u{A0}{}", "\u{2028}1", "`a`", "a",
            "[\"a\" \"b\"]", "{\"a\":}", "{:1}", "\\", "\"\\\"", "\u{FEFF}{}", "{}\u{FEFF}",
        ])
    func refuses(text: String) {
        #expect(throws: JSONFault.self) { try JSONScanner.validate(Array(text.utf8)) }
    }

    @Test(
        "reads numbers as RFC 8259 has them",
        arguments: [
            "0", "-0", "1", "-1", "10", "1234567890", "0.0", "-0.5", "1.25", "1e0", "1E5", "1e+5", "1e-5", "1.5e10",
            "0e0", "0E-0", "9223372036854775808", "123456789012345678901234567890", "1e308", "-1e308", "1e-400",
            "1.7976931348623157e308",
        ])
    func numbers(text: String) throws {
        #expect(try JSONScanner.validate(Array(text.utf8)) == .number)
        #expect(try JSONScanner.validate(Array("[\(text)]".utf8)) == .array)
    }

    @Test(
        "refuses other numbers",
        arguments: [
            "+1", "-", "--1", "01", "-01", "00", "1.", ".5", "-.5", "1.e5", "1e", "1e+", "1e-", "1e1.5", "1.5.5", "0x1",
            "1_000", "1,000", "1e400", "-1e400", "1e99999999999999999999", "- 1", "1 .5", "١", "1f", "1e5e5", "0b1",
            String(repeating: "9", count: 401),
        ])
    func badNumbers(text: String) {
        #expect(throws: JSONFault.self) { try JSONScanner.validate(Array(text.utf8)) }
        #expect(throws: JSONFault.self) { try JSONScanner.validate(Array("[\(text)]".utf8)) }
    }

    @Test(
        "knows the escapes",
        arguments: [
            #"\""#, #"\\"#, #"\/"#, #"\b\f\n\r\t"#, #"\u0041"#, #"\u00e9\u00E9"#, #"\uD83D\uDC26"#, #"\ud83d\udc26"#,
            #"\uFFFF"#, #"\uFFFD"#, #"\u0001"#, #"a\nb"#, #"\\u0000"#, #"\uDBFF\uDFFF"#, #"\uE000"#, #"\uD7FF"#,
        ])
    func escapes(text: String) throws {
        #expect(try JSONScanner.validate(Array("\"\(text)\"".utf8)) == .string)
    }

    @Test(
        "refuses other escapes, lone surrogates, NUL and bare control characters",
        arguments: [
            #"\"#, #"\x41"#, #"\a"#, #"\0"#, #"\U0041"#, #"\u"#, #"\u00"#, #"\u004"#, #"\u00g1"#, #"\u 041"#,
            #"\u+041"#, #"\u0000"#, #"\uD800"#, #"\uDBFF"#, #"\uDC00"#, #"\uDFFF"#, #"\uD83D "#, #"\uD83D\n"#,
            #"\uD83D\u0041"#, #"\uD83D\uD83D"#, #"\uDC26\uD83D"#, #"\uD83Dx"#, #"\'"#, "\\\n", "\n", "\t", "\r", "\0",
            "\u{1F}", "\u{1}", #"\u００４１"#, #"\u0٠41"#,
        ])
    func badStrings(text: String) {
        #expect(throws: JSONFault.self) { try JSONScanner.validate(Array("\"\(text)\"".utf8)) }
        #expect(throws: JSONFault.self) { try JSONScanner.validate(Array("{\"\(text)\":1}".utf8)) }
    }

    @Test(
        "refuses bytes that are not UTF-8, inside strings and out",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x90], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE],
            [0xFF], [0xFF, 0xFE], [0xF8, 0x88, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func badUTF8(bytes: [UInt8]) {
        #expect(throws: JSONFault.self) { try JSONScanner.validate([0x22] + bytes + [0x22]) }
        #expect(throws: JSONFault.self) { try JSONScanner.validate([0x22] + bytes) }
        #expect(throws: JSONFault.self) { try JSONScanner.validate(bytes + [0x7B, 0x7D]) }
        #expect(throws: JSONFault.self) { try JSONScanner.validate([0x7B, 0x7D] + bytes) }
    }

    @Test("refuses nesting deeper than it is told, arrays and objects alike")
    func depth() throws {
        func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
            Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
        }
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[ ", " ]")] {
            try JSONScanner.validate(nested(JobLimits.depth, open, close))
            #expect(throws: JSONFault.self) { try JSONScanner.validate(nested(JobLimits.depth + 1, open, close)) }
            #expect(throws: JSONFault.self) { try JSONScanner.validate(nested(100_000, open, close)) }
            try JSONScanner.validate(nested(3, open, close), maximumDepth: 3)
            #expect(throws: JSONFault.self) { try JSONScanner.validate(nested(4, open, close), maximumDepth: 3) }
        }
        #expect(throws: JSONFault.self) { try JSONScanner.validate(Array("[]".utf8), maximumDepth: 0) }
        try JSONScanner.validate(Array("1".utf8), maximumDepth: 0)
        try JSONScanner.validate(Array("[[],[],[]]".utf8), maximumDepth: 2)
    }

    @Test(
        "refuses a key that comes twice in one object, however it is written",
        arguments: [
            #"{"a":1,"a":2}"#, #"{"a":1,"b":2,"a":1}"#, #"{"x":{"a":1,"a":1}}"#, #"[{"a":1,"a":1}]"#, #"{"":1,"":2}"#,
            #"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"a":2}"#, #"{"b":1,"\u0061":1,"a":2}"#, #"{"\n":1,"\u000a":2}"#,
            #"{"/":1,"\/":2}"#, #"{"🐦":1,"\uD83D\uDC26":2}"#, #"{"\u00e9":1,"\u00E9":2}"#,
        ])
    func duplicateKeys(text: String) {
        #expect(throws: JSONFault.self) { try JSONScanner.validate(Array(text.utf8)) }
    }

    @Test("takes keys for equal by their characters, not by what they look like")
    func similarKeys() throws {
        for text in [
            #"{"a":1,"A":2}"#, #"{"a":{"a":1},"b":{"a":1}}"#, #"{"a":1,"a\u0001":2}"#, "{\"\u{E9}\":1,\"e\u{301}\":2}",
            #"{"\\u0061":1,"a":2}"#, #"{"\"":1,"\\\"":2}"#,
        ] { try JSONScanner.validate(Array(text.utf8)) }
    }

    @Test("finds the one key that comes twice among many")
    func manyKeys() throws {
        for count in [1, 7, 8, 9, 10, 1000] {
            var keys = (0..<count).map { "\"key-\($0)\":\($0)" }
            try JSONScanner.validate(Array("{\(keys.joined(separator: ","))}".utf8))
            for place in [0, count / 2, count - 1] {
                keys.append("\"key-\(place)\":0")
                #expect(throws: JSONFault.self) {
                    try JSONScanner.validate(Array("{\(keys.joined(separator: ","))}".utf8))
                }
                keys.removeLast()
            }
        }
    }

    @Test("says where the fault is, and never what was there")
    func faults() throws {
        let fault = try #require(throws: JSONFault.self) { try JSONScanner.validate(Array("{\"secret\":hush}".utf8)) }
        #expect(fault.offset == 10)
        #expect(!fault.description.contains("hush"))
        let end = try #require(throws: JSONFault.self) { try JSONScanner.validate(Array("[1".utf8)) }
        #expect(end.offset == 2)
    }
}
