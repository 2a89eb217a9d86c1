import Testing

@testable import RoostSysmon

@Suite("text on a terminal")
struct TerminalTextTests {
    @Test(
        "nothing a terminal obeys gets through",
        arguments: [
            ("worker", "worker"), ("\u{1b}[31mred", "\\x1b[31mred"), ("a\r\nb\tc", "a\\x0d\\x0ab\\x09c"),
            ("\u{7f}", "\\x7f"),
            ("\u{9b}2J", "\\x9b2J"), ("\u{202e}evil", "\\u{202e}evil"), ("a\u{2028}b", "a\\u{2028}b"),
            ("naïve 漢", "naïve 漢"),
        ])
    func clean(text: String, expected: String) {
        #expect(TerminalText.clean(text) == expected)
    }

    @Test("the ASCII mode shows nothing else")
    func ascii() {
        #expect(TerminalText.clean("naïve 漢\u{1b}", ascii: true) == "na?ve ?\\x1b")
    }

    @Test("ten thousand characters are cut")
    func long() {
        #expect(TerminalText.clean(String(repeating: "x", count: 10_000)).unicodeScalars.count == 513)
        #expect(TerminalText.clean(String(repeating: "e\u{301}", count: 10_000)).unicodeScalars.count == 513)
    }

    @Test(
        "columns are counted as terminals do",
        arguments: [("abc", 3), ("漢字", 4), ("e\u{301}", 1), ("🚀", 2), ("▁█", 2), ("", 0)])
    func width(text: String, expected: Int) {
        #expect(TerminalText.width(text) == expected)
    }

    @Test(
        "a cut text never takes more than its columns",
        arguments: [("abcdef", 4, "abc…"), ("漢字漢字", 4, "漢…"), ("abc", 3, "abc"), ("abc", 1, "…"), ("abc", 0, "")])
    func cut(text: String, columns: Int, expected: String) {
        #expect(TerminalText.cut(text, to: columns) == expected)
    }

    @Test("sparklines scale to their highest value and show every value above zero")
    func sparkline() {
        #expect(Sparkline(ascii: false).line([0, 0.001, 5, 10], width: 6) == "  ▁▂▅█")
        #expect(Sparkline(ascii: true).line([0, 0.001, 5, 10], width: 3) == ".=#")
        #expect(Sparkline(ascii: false).line([], width: 3) == "   ")
        #expect(Sparkline(ascii: false).line([0, 0], width: 2) == "▁▁")
        #expect(Sparkline(ascii: true).line([.nan, .infinity, -3, 1], width: 4) == "___#")
    }

    @Test("bars are as wide as asked, whatever the numbers")
    func bars() {
        #expect(Sparkline(ascii: false).bar(15, of: 16, width: 8) == "███████▌")
        #expect(Sparkline(ascii: false).bar(1, of: 16, width: 4) == "▎░░░")
        #expect(Sparkline(ascii: true).bar(99, of: 16, width: 4) == "####")
        #expect(Sparkline(ascii: true).bar(-3, of: 16, width: 4) == "----")
        #expect(Sparkline(ascii: true).bar(1, of: 0, width: 4) == "    ")
    }

    @Test(
        "durations are short",
        arguments: [
            (0.4, "0.4s"), (12, "12s"), (99, "99s"), (180, "3m"), (7200, "2h"), (432_000, "5d"), (-5, "0.0s"),
            (1e300, "11574074d"),
        ] as [(Double, String)])
    func durations(seconds: Double, expected: String) {
        #expect(Duration.short(seconds: seconds) == expected)
    }

    @Test("numbers are grouped and rates short")
    func numbers() {
        #expect([0, 999, 1204, 1_234_567].map(\.grouped) == ["0", "999", "1,204", "1,234,567"])
        #expect(
            [0, 0.04, 0.5, 3, 9.96, 412.4, .nan, 1e300].map(\.rate) == [
                "0", "0", "0.5", "3", "10", "412", "0", "1,000,000,000,000,000",
            ])
        #expect(ClockText(offset: 3600).time(noon) == "15:02:11")
        #expect(ClockText(offset: -3600 * 15).time(noon) == "23:02:11")
        #expect(ClockText(offset: .max).time(.max).count == 8)
    }
}
