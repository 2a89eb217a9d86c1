import RoostJobs
import Testing

@Suite("The name of a type or queue")
struct JobNameTests {
    @Test(
        "may be",
        arguments: [
            "a", "Z", "0", "_", ".", "-", "/", "@", ":", "media:thumb-2.x/y@z_1", String(repeating: "n", count: 100),
        ])
    func allowed(name: String) {
        #expect(JobName.isValid(name))
    }

    @Test(
        "may not be",
        arguments: [
            "", " ", "a b", "a\tb", "a\nb", "\0", "a\0", "ä", "a{b}", "*", "a,b", "a|b", "a\"b", "a'b", "a\\b", "a#b",
            "a%20b", "a+b", "a=b", "a;b", "a~b", "\u{7F}", "日本", "🐦", "a\u{301}", String(repeating: "n", count: 101),
        ])
    func refused(name: String) {
        #expect(!JobName.isValid(name))
    }

    @Test("is made of 68 bytes and no others")
    func everyByte() {
        let allowed = (UInt8(0)...127).filter { JobName.isValid(String(UnicodeScalar($0))) }
        #expect(allowed.count == 10 + 26 + 26 + 6)
    }
}
