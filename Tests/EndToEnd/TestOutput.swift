import FoundationEssentials

/// What a process printed into a file.
enum TestOutput {
    static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}
