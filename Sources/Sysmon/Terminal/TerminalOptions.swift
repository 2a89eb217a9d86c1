/// How snapshots are written to a terminal, a file or a pipe.
public struct TerminalOptions: Sendable {
    /// What is written.
    public enum Format: String, Sendable, CaseIterable {
        /// A table on a terminal, else plain lines.
        case automatic = "auto"
        /// A table, drawn again with each snapshot.
        case table
        /// Lines that only get longer, for logs.
        case plain
        /// One JSON object a line.
        case json
    }

    /// What is written.
    public var format: Format = .automatic
    /// Whether colours and other attributes may be used.
    public var colour = true
    /// Whether to stay within ASCII.
    public var ascii = false
    /// Plain lines: the longest time without a block.
    public var interval: Duration = .seconds(5)
    /// How many blocks, frames or objects are written before it ends; nil for no end. `--once` is 1.
    public var count: Int?
    /// Whether the screen's uppercase keys act, after a question; otherwise it only looks.
    public var mayAct = false
    /// How long a worker's claims hold unless extended: for what the screen says of a lost member's jobs.
    public var lease: Duration = .seconds(15)
    /// Seconds east of UTC in which times are shown.
    public var utcOffset = 0

    /// The defaults.
    public init() {}

    /// Options for an environment: `NO_COLOR`, `TERM=dumb` and a locale that is not UTF-8 are obeyed.
    public init(environment: [String: String], isTerminal: Bool) {
        let dumb = environment["TERM"].map { $0 == "dumb" || $0.isEmpty } ?? true
        colour = isTerminal && !dumb && (environment["NO_COLOR"] ?? "").isEmpty
        if dumb { format = .plain }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        if let locale {
            let name = locale.lowercased()
            ascii = !(name.contains("utf-8") || name.contains("utf8"))
        }
    }

    /// The format for an output.
    func resolved(isTerminal: Bool) -> Format {
        format == .automatic ? (isTerminal ? .table : .plain) : format
    }
}

/// The size of a terminal in characters.
public struct TerminalSize: Sendable, Equatable {
    /// Characters in a line.
    public var columns: Int
    /// Lines.
    public var rows: Int

    /// A size; kept within 20 × 5 and 1000 × 1000.
    public init(columns: Int, rows: Int) {
        self.columns = min(max(20, columns), 1000)
        self.rows = min(max(5, rows), 1000)
    }
}
