import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit

/// A real terminal: a tmux server of its own, with keys to send and a screen to look at.
final class Tmux: Sendable {
    private let socket: String
    private let directory: String

    /// Whether there is a tmux here.
    static let isInstalled: Bool = {
        (try? ChildProcess.start("tmux", ["-V"]))?.wait(milliseconds: 5000) == 0
    }()

    /// Runs a program on a terminal of that size. The terminal stays when the program ends, with its exit status.
    init(
        _ arguments: [String], columns: Int, rows: Int, environment: [String: String] = [:], in directory: String
    ) throws {
        self.directory = directory
        socket = "\(directory)/tmux-\(UInt32.random(in: 0 ... .max))"
        var settings = ["SWIFT_BACKTRACE": "enable=no", "TERM": "screen-256color", "LANG": "C.UTF-8"]
        for name in ["PATH", "HOME", "LD_LIBRARY_PATH"] { settings[name] = ProcessInfo.processInfo.environment[name] }
        let variables = settings.merging(environment) { $1 }.map { "\($0.key)=\($0.value)" }.sorted()
        let words = ["env", "-i"] + variables + [RoostProgram.path] + arguments
        let command = words.map { "'\($0)'" }.joined(separator: " ")
        // What it says on its standard error is kept beside; a shell after it, so that the screen it left is seen.
        let script = "\(command) 2>'\(directory)/stderr'; echo \"ended with $?\"; exec sleep 600"
        try run([
            "-u", "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", script,
        ])
    }

    deinit { _ = try? run(["kill-server"]) }

    /// Types keys, in tmux' names: `q`, `Enter`, `Escape`, `PageDown`.
    func type(_ keys: String...) throws { try run(["send-keys"] + keys) }

    func resize(columns: Int, rows: Int) throws {
        try run(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    }

    /// What is on the screen now, a line each.
    func screen() throws -> [String] {
        let text = try run(["capture-pane", "-p"])
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// The same with its colours and attributes, as escape sequences.
    func styled() throws -> String { try run(["capture-pane", "-p", "-e"]) }

    /// What tmux knows of the terminal: `alternate_on`, `cursor_flag`, `pane_width`.
    func state(_ name: String) throws -> String {
        try run(["display-message", "-p", "#{\(name)}"]).trimmed
    }

    /// Looks until the screen holds the text, and returns it.
    @discardableResult
    func shows(_ text: String) throws -> [String] {
        var last: [String] = []
        do {
            return try eventually("the screen to show \(text)") {
                last = try self.screen()
                return last.contains { $0.contains(text) } ? last : nil
            }
        } catch {
            throw Surprise("\(error):\n\(last.joined(separator: "\n"))\n\(self.complaints)")
        }
    }

    /// Looks until the screen no longer holds the text.
    func loses(_ text: String) throws {
        _ = try eventually("the screen to lose \(text)") {
            try self.screen().contains { $0.contains(text) } ? nil : true
        }
    }

    private var complaints: String { (try? String(contentsOfFile: "\(directory)/stderr", encoding: .utf8)) ?? "" }

    @discardableResult
    private func run(_ arguments: [String]) throws -> String {
        let file = "\(directory)/tmux-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let process = try ChildProcess.start("tmux", ["-S", socket] + arguments, output: file)
        guard let status = process.wait(milliseconds: 10_000) else { throw Surprise("tmux does not answer") }
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        guard status == 0 else { throw Surprise("tmux \(arguments): \(text)") }
        return text
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == "\n" }.prefix { $0 != "\n" }) }
}
