import Testing

@testable import RoostSysmon

@Suite("frames")
struct FramePainterTests {
    @Test("only lines that changed are written, each in its place")
    func changes() {
        var painter = FramePainter()
        #expect(painter.paint(["a", "b"]) == "\u{1b}[1;1Ha\u{1b}[2;1Hb\u{1b}[J")
        #expect(painter.paint(["a", "b"]).isEmpty)
        #expect(painter.paint(["a", "c"]) == "\u{1b}[2;1Hc")
        #expect(painter.paint(["a", "c"], all: true) == "\u{1b}[1;1Ha\u{1b}[2;1Hc\u{1b}[J")
        #expect(painter.paint(["a"]) == "\u{1b}[1;1Ha\u{1b}[J")
        #expect(painter.paint([]).isEmpty)
    }

    @Test("a line erases what is right of it, unless it ends at the edge")
    func erasing() {
        var line = StyledLine(ascii: false)
        line.add("漢字", .good)
        #expect(line.rendered(columns: 4, colour: false, erasing: true) == "漢字")
        #expect(line.rendered(columns: 5, colour: false, erasing: true) == "漢字\u{1b}[K")
        #expect(line.rendered(columns: 5, colour: true, erasing: true) == "\u{1b}[32m漢字\u{1b}[0m\u{1b}[K")
        #expect(line.rendered(columns: 3, colour: false, erasing: true) == "漢…")
        line.pad(to: 5)
        #expect(line.rendered(columns: 5, colour: false, erasing: true) == "漢字\u{1b}[K")
        #expect(line.rendered(columns: 5, colour: true, erasing: true) == "\u{1b}[32m漢字\u{1b}[0m ")
    }

    @Test("a second of an idle cluster costs the clock's line alone")
    func quiet() {
        var machine = screen(columns: 80, rows: 24)
        var painter = FramePainter()
        func paint() -> String {
            let renderer = ScreenRenderer(options: .init())
            return painter.paint(renderer.strings(renderer.picture(machine.view), columns: 80))
        }
        #expect(paint().contains("Nodes"))
        machine.tick()
        let next = paint()
        #expect(next.hasPrefix("\u{1b}[1;1H") && next.contains("14:02:12Z"))
        #expect(next.utf8.count < 300)
    }
}
