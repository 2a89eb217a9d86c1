import Testing

@testable import RoostSysmon

@Suite("keys")
struct KeyDecoderTests {
    private func keys(_ text: String) -> [Key] {
        var decoder = KeyDecoder()
        return decoder.feed(Array(text.utf8)) + decoder.flush()
    }

    @Test(
        "what terminals send for a key is that key",
        arguments: [
            ("q", [.character("q")]), ("é漢", [.character("é"), .character("漢")]), ("\r", [.enter]), ("\n", [.enter]),
            ("\t", [.tab]), ("\u{7f}", [.backspace]), ("\u{8}", [.backspace]), ("\u{3}", [.control("c")]),
            ("\u{c}", [.control("l")]), ("\u{1b}[A", [.up]), ("\u{1b}OB", [.down]),
            ("\u{1b}[C\u{1b}[D", [.right, .left]),
            ("\u{1b}[5~\u{1b}[6~", [.pageUp, .pageDown]), ("\u{1b}[H\u{1b}[4~", [.home, .end]),
            ("\u{1b}[Z", [.backTab]), ("\u{1b}[1;5C", [.right]), ("\u{1b}", [.escape]),
            ("\u{1b}\u{1b}", [.escape, .escape]), ("\u{1b}q", [.escape, .character("q")]),
        ] as [(String, [Key])])
    func known(text: String, expected: [Key]) {
        #expect(keys(text) == expected)
    }

    @Test(
        "sequences nobody knows are no keys",
        arguments: ["\u{1b}[99~", "\u{1b}[[A", "\u{1b}[?1;2c", "\u{1b}[M", "\u{0}"])
    func unknown(text: String) {
        #expect(!keys(text + "x").contains(.character("A")))
        #expect(keys(text + "x").last == .character("x"))
    }

    @Test("a sequence in pieces is one key, an escape alone is one when nothing follows")
    func pieces() {
        var decoder = KeyDecoder()
        #expect(decoder.feed([0x1B]).isEmpty && decoder.isWaiting)
        #expect(decoder.feed([0x5B]).isEmpty)
        #expect(decoder.feed([0x41]) == [.up] && !decoder.isWaiting)
        #expect(decoder.feed([0xE6, 0xBC]).isEmpty && decoder.isWaiting)
        #expect(decoder.feed([0xA2]) == [.character("漢")])
        #expect(decoder.feed([0x1B]).isEmpty && decoder.flush() == [.escape] && !decoder.isWaiting)
    }

    @Test("whatever bytes come, little is kept and reading goes on")
    func garbage() {
        var decoder = KeyDecoder()
        var state: UInt64 = 42
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            _ = decoder.feed([UInt8(truncatingIfNeeded: state >> 33)])
        }
        _ = decoder.flush()
        #expect(decoder.feed(Array("q".utf8)) == [.character("q")])
        // A sequence without an end.
        #expect(decoder.feed([0x1B, 0x5B] + [UInt8](repeating: 0x31, count: 100)).count <= 100)
        _ = decoder.flush()
        #expect(decoder.feed(Array("q".utf8)) == [.character("q")])
        // What is no UTF-8.
        #expect(decoder.feed([0xFF, 0x80, 0xC0, 0x41]).isEmpty)
        _ = decoder.flush()
        #expect(decoder.feed(Array("q".utf8)) == [.character("q")])
    }
}
