import FoundationEssentials
import Glibc

/// Figures for a document: a row of a table each, printed behind the word FIGURE, and a line of JSON each in the file that
/// `ROOST_CHAOS_FIGURES` names.
public enum FigureSheet {
    /// A number of a figure, or a word of it.
    public enum Value: Encodable, Sendable {
        case number(Double)
        case count(Int)
        case word(String)

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number.isFinite ? number : -1)
            case .count(let count): try container.encode(count)
            case .word(let word): try container.encode(word)
            }
        }
    }

    private struct Line: Encodable {
        let figure: String
        let text: String
        let goal: String?
        let isMet: Bool?
        let at: Double
        let values: [String: Value]
    }

    /// Adds a figure.
    /// - Parameters:
    ///   - text: the figure for people.
    ///   - goal: what it is held against, for people.
    ///   - isMet: whether it is; nil when there is no goal.
    ///   - values: what it consists of, for programs.
    public static func add(
        _ figure: String, _ text: String, goal: String? = nil, isMet: Bool? = nil, values: [String: Value] = [:]
    ) {
        let verdict = isMet.map { $0 ? "met" : "missed" } ?? ""
        print("FIGURE | \(figure) | \(text) | \(goal ?? "") | \(verdict) |")
        guard let path = ProcessInfo.processInfo.environment["ROOST_CHAOS_FIGURES"], !path.isEmpty else { return }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = Line(
            figure: figure, text: text, goal: goal, isMet: isMet, at: Double(now.tv_sec), values: values)
        guard var bytes = try? encoder.encode(line) else { return }
        bytes.append(0x0A)
        // One write to the end: processes may share the file.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return print("FIGURE the file \(path) cannot be written") }
        defer { close(descriptor) }
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    /// Adds times: their percentiles.
    public static func add(
        _ figure: String, _ times: Durations, goal: String? = nil, isMet: Bool? = nil, values: [String: Value] = [:]
    ) {
        var values = values
        values["count"] = .count(times.count)
        for (name, percent) in [("p50", 50.0), ("p90", 90), ("p99", 99)] {
            values[name] = .number(times.percentile(percent))
        }
        values["max"] = .number(times.largest)
        add(figure, "\(times)", goal: goal, isMet: isMet, values: values)
    }
}
