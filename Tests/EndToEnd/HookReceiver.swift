import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit

/// The guide's receiver, run as it is printed: it verifies every delivery and prints a line for each.
final class HookReceiver: Sendable {
    let port: Int
    private let process: ChildProcess
    private let output: String

    /// - Parameter answer: a line of Python that stands before the receiver's own answer.
    init(_ directory: TemporaryDirectory, secret: String, port: Int, answer: String = "") throws {
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
        let guide = try String(contentsOfFile: "\(root)/Documentation/webhooks.md", encoding: .utf8)
        guard let block = guide.split(separator: "```python\n").dropFirst().first,
            let program = String(block).split(separator: "```").first
        else { throw Surprise("the guide has no receiver") }
        let own = "        self.send_response(204)"
        let name = "\(directory.path)/receiver-\(UInt32.random(in: 0 ... .max))"
        let text = String(program).split(separator: own, maxSplits: 1, omittingEmptySubsequences: false)
        try Data(text.joined(separator: "        \(answer.isEmpty ? "pass" : answer)\n\(own)").utf8)
            .write(to: URL(filePath: "\(name).py"))
        output = "\(name).log"
        self.port = port
        process = try ChildProcess.start(
            "env", ["WEBHOOK_SECRET=\(secret)", "PORT=\(port)", "python3", "\(name).py"], output: output)
    }

    deinit {
        process.signal(SIGKILL)
        _ = process.wait(milliseconds: 5000)
    }

    /// What it took: the `webhook-id`, the event and the job of each delivery that was signed as it should.
    var lines: [(message: String, event: String, job: String)] {
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            return words.count == 3 && words[0].hasPrefix("msg_") ? (words[0], words[1], words[2]) : nil
        }
    }
}
