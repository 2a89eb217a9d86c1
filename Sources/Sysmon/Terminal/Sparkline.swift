/// Small pictures of numbers.
struct Sparkline: Sendable {
    let ascii: Bool

    private var steps: [Character] { Array(ascii ? "_.:-=+*#" : "▁▂▃▄▅▆▇█") }

    /// The last `width` values, the highest as high as can be; a missing past is blank.
    func line(_ values: [Double], width: Int) -> String {
        let steps = steps
        let shown = values.suffix(max(0, width)).map { $0.isFinite ? max(0, $0) : 0 }
        let top = shown.max() ?? 0
        let picture = shown.map { value -> Character in
            guard top > 0 else { return steps[0] }
            // Anything above zero is visible.
            let step = Int((value / top * Double(steps.count - 1)).rounded())
            return steps[value > 0 ? max(1, step) : 0]
        }
        return String(repeating: " ", count: max(0, width - picture.count)) + String(picture)
    }

    /// A bar of `width` columns, filled by `part` of `whole`.
    func bar(_ part: Int, of whole: Int, width: Int) -> String {
        guard whole > 0, width > 0 else { return String(repeating: " ", count: max(0, width)) }
        let share = min(max(0, Double(part) / Double(whole)), 1)
        if ascii {
            let filled = Int((share * Double(width)).rounded())
            return String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
        }
        let eighths = Int((share * Double(width * 8)).rounded())
        let edge = eighths % 8 == 0 ? "" : String(Array("▏▎▍▌▋▊▉")[eighths % 8 - 1])
        let filled = String(repeating: "█", count: eighths / 8) + edge
        return filled + String(repeating: "░", count: width - filled.count)
    }
}
