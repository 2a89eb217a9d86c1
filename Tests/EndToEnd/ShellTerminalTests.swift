import Glibc
import RoostProcessKit
import RoostTestKit
import Testing

/// The shell as somebody types into it: on a terminal, which `script` makes.
struct ShellTerminalTests {
    @Test("lines can be edited, recalled and completed; Ctrl-C drops one, Ctrl-D on an empty one leaves")
    func editing() throws {
        let (redis, directory) = (try RedisServer.start(), try TemporaryDirectory())
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { for end in ends { close(end) } }
        let command = "\(RoostProgram.path) shell --store \(redis.url)"
        let output = "\(directory.path)/terminal.log"
        let terminal = try ChildProcess.start("script", ["-qec", command, "/dev/null"], output: output, input: ends[0])
        let end = ends[1]
        func press(_ keys: String, until text: String) throws {
            let before = TestOutput.text(output).utf8.count
            let bytes = Array(keys.utf8)
            _ = write(end, bytes, bytes.count)
            _ = try eventually("\(text) after \(keys.debugDescription)") {
                let said = String(decoding: TestOutput.text(output).utf8.dropFirst(before), as: UTF8.self)
                return said.contains(text) ? true : nil
            }
        }
        _ = try eventually("the prompt") { TestOutput.text(output).contains("roost> ") ? true : nil }
        let escape = "\u{1B}"
        // A wrong letter before the last one.
        try press("jxb\(escape)[D\u{7F}o\(escape)[F 1\r", until: "1 is no job id")
        // What was typed last, with another end.
        try press("\(escape)[A\u{7F}2\r", until: "2 is no job id")
        try press("hist\t\r", until: "2  job 2")
        try press("nonsense\u{3}help\r", until: "multicall SERVICE")
        try press("jöb\u{17}queues\r", until: "no queues yet")
        _ = write(end, "\u{4}", 1)
        #expect(try #require(terminal.wait(milliseconds: 10_000)) == 0, "\(TestOutput.text(output))")
    }
}
