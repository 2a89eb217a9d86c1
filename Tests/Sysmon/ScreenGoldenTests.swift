import Testing

@testable import RoostSysmon

/// The pictures themselves. When one changes on purpose, look at it and put it here.
@Suite("the screen's pictures")
struct ScreenGoldenTests {
    @Test("a screen looks as it was meant to", arguments: ScreenGoldenCases.all.map(\.name))
    func picture(name: String) throws {
        let golden = try #require(ScreenGoldens.all[name])
        let shown = try #require(ScreenGoldenCases.all.first { $0.name == name })
        let lines = shown.machine.shown(shown.options)
        #expect(lines.count == shown.machine.view.size.rows)
        #expect(lines.joined(separator: "\n") == golden)
    }

    @Test(
        "colours are the terminal's own sixteen, every style is closed, and without them the text is the same",
        arguments: ScreenGoldenCases.all.map(\.name))
    func colours(name: String) throws {
        let shown = try #require(ScreenGoldenCases.all.first { $0.name == name })
        let coloured = shown.machine.shown { options in
            shown.options(&options)
            options.colour = true
        }
        let allowed: Set = ["0", "1", "2", "7", "1;31", "32", "33", "36", "1;4", "1;7;33"]
        for (line, plain) in zip(coloured, shown.machine.shown(shown.options)) {
            var text = ""
            var codes: [String] = []
            for part in line.split(separator: "\u{1b}[", omittingEmptySubsequences: false).enumerated() {
                guard part.offset > 0 else {
                    text += part.element
                    continue
                }
                let end = try #require(part.element.firstIndex(of: "m"))
                codes.append(String(part.element[..<end]))
                text += part.element[part.element.index(after: end)...]
            }
            #expect(codes.allSatisfy(allowed.contains), "\(codes)")
            #expect(codes.last ?? "0" == "0")
            while text.hasSuffix(" ") { text.removeLast() }
            #expect(text == plain)
        }
    }

    @Test("an ASCII screen has nothing else")
    func ascii() {
        for shown in ScreenGoldenCases.all {
            let lines = shown.machine.shown(ScreenGoldenCases.ascii)
            #expect(lines.allSatisfy { $0.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }, "\(shown.name)")
        }
    }
}
