import FoundationEssentials

/// What a process printed into a file.
public enum TestOutput {
    /// All that is in a file; empty when there is none.
    public static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}
