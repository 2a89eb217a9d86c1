import RoostJobs
import RoostTestKit
import Testing

@Suite("An error's text")
struct ErrorTextTests {
    @Test("is kept whole up to the limit")
    func short() {
        for text in ["", "x", "é", String(repeating: "x", count: JobLimits.errorBytes)] {
            #expect(ErrorText.cut(text) == text)
        }
    }

    @Test("is cut to its longest beginning that fits and tears no character's bytes apart")
    func cut() {
        var random = SeededGenerator(seed: 1)
        let scalars = ["x", "é", "日", "🐦", "\u{301}", "\0", "\u{FFFF}"]
        for _ in 0..<200 {
            let text = (0..<JobLimits.errorBytes).map { _ in scalars[Int.random(in: 0..<scalars.count, using: &random)]
            }
            .joined()
            let cut = ErrorText.cut(text)
            #expect(cut.utf8.count <= JobLimits.errorBytes)
            #expect(cut.utf8.count > JobLimits.errorBytes - 4)
            #expect(Array(text.utf8.prefix(cut.utf8.count)) == Array(cut.utf8))
        }
    }

    @Test("of a poison job names the crashes and the last worker, the same built in pieces")
    func poison() {
        let text = ErrorText.poison(crashes: 3, worker: "worker@a:1")
        #expect(text.contains("3") && text.contains("worker@a:1"))
        #expect(text == ErrorText.poisonStart + "3" + ErrorText.poisonMiddle + "worker@a:1)")
        #expect(!ErrorText.poison(crashes: 1, worker: nil).isEmpty)
    }
}
