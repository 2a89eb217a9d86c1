import Glibc
import RoostProcessKit
import RoostTestKit

/// A `roost shell` that a test types into.
final class ShellSession: Sendable {
    let program: RoostProgram
    private let input: Int32

    init(_ arguments: [String], in directory: String) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Surprise("no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        input = ends[1]
        program = try RoostProgram(["shell"] + arguments, name: "shell", in: directory, input: ends[0])
        _ = try eventually("the shell to join") { program.printed.contains("has joined") ? true : nil }
    }

    deinit { close(input) }

    /// Types a line and waits until the shell has shown `text` in reply to it.
    @discardableResult
    func type(_ line: String, seconds: Int = 10, until text: String) throws -> String {
        let before = program.printed.utf8.count
        send(line)
        return try eventually("\(text) after \(line)", seconds: seconds) {
            let said = String(decoding: program.printed.utf8.dropFirst(before), as: UTF8.self)
            return said.contains(text) ? said : nil
        }
    }

    /// Types a line.
    func send(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(input, bytes, bytes.count)
    }
}
