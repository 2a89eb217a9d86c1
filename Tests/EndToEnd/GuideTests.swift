import FoundationEssentials
import RoostProcessKit
import RoostTestKit
import Testing

/// The examples of the guides, run as they are printed.
@Suite(.serialized) struct GuideTests {
    @Test("every example of the guides works as it stands")
    func examples() throws {
        let arena = try Arena(.up)
        let place = arena.directory.path
        // The real programs, at this test's address.
        let programs = """
            curl() {
              for word; do
                shift
                case $word in http://127.0.0.1:4000*) word=\(arena.curl.base)${word#http://127.0.0.1:4000} ;; esac
                set -- "$@" "$word"
              done
              command curl -sS --fail "$@"
            }
            roost() { \(RoostProgram.path) "$@"; }
            cd \(place)

            """
        let pages = [
            "jobs", "limits-and-fairness", "cron", "batches", "webhooks", "search", "security",
            "workers-in-any-language", "sysmon",
        ]
        for page in pages {
            let blocks = try examples(of: page)
            #expect(!blocks.isEmpty, "\(page)")
            for (index, block) in blocks.enumerated() {
                let script = "\(place)/\(page)-\(index).sh"
                try Data((programs + block).utf8).write(to: URL(filePath: script))
                let process = try ChildProcess.start(
                    "env", ["ROOST_API=\(arena.curl.base)", "sh", "-eu", script], output: script + ".log")
                let status = process.wait(milliseconds: 30_000)
                let log = (try? String(contentsOfFile: script + ".log", encoding: .utf8)) ?? ""
                #expect(status == 0, "\(page).md, example \(index + 1):\n\(block)\n\(log)")
            }
        }
        try arena.finish()
    }

    /// The blocks marked `sh`.
    private func examples(of page: String) throws -> [String] {
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
        let text = try String(contentsOfFile: "\(root)/Documentation/\(page).md", encoding: .utf8)
        return text.split(separator: "```sh\n").dropFirst().compactMap { rest in
            String(rest).split(separator: "```").first.map(String.init)
        }
    }
}
