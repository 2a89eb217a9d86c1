import NIOCore
import RoostJobs
import Testing

@testable import RoostAPI

@Suite("the JSON writer")
struct JSONWriterTests {
    @Test("every string comes back as it went in")
    func strings() throws {
        let control = String(String.UnicodeScalarView((1..<0x20).compactMap { UnicodeScalar($0) }))
        for text in ["", "plain", #"a"b\c/d"#, control, "é😀\u{2028}\u{7F}", "\"", "\\"] {
            var json = JSONWriter()
            json.object { $0.field("k", text) }
            let object = try JSONScanner.parseObject(Array(json.buffer.readableBytesView))
            #expect(object["k"]?.string == text)
        }
    }

    @Test("commas stand between members and elements, at every level")
    func commas() {
        var json = JSONWriter()
        json.object { json in
            json.field("a", 1)
            json.key("b")
            json.array { json in
                json.int(-1)
                json.object { _ in }
                json.array { $0.null() }
                json.bool(true)
            }
            json.field("c", seconds: .milliseconds(1500))
            json.field("d", seconds: .seconds(60))
            json.field("e", json: [])
            json.field("f", json: Array("[1, 2]".utf8))
        }
        #expect(String(buffer: json.buffer) == #"{"a":1,"b":[-1,{},[null],true],"c":1.5,"d":60,"e":null,"f":[1, 2]}"#)
    }

    @Test("parts that are put down as they are have their comma, number and id")
    func parts() {
        let id = JobID(high: .max, low: 0)
        var json = JSONWriter(capacity: 1)
        json.array { json in
            for number in [0, -7, Int.max] { json.put(#"{"n":"#, number, #","id":""#, id, #""}"#) }
        }
        let rows = [0, -7, Int.max].map { #"{"n":\#($0),"id":"\#(id)"}"# }
        #expect(String(buffer: json.buffer) == "[\(rows.joined(separator: ","))]")
    }
}
