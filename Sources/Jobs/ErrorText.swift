/// What is kept of an error.
public enum ErrorText {
    /// The text, cut to `JobLimits.errorBytes` between two characters.
    public static func cut(_ text: String) -> String {
        guard text.utf8.count > JobLimits.errorBytes else { return text }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: JobLimits.errorBytes)
        // Step back over continuation bytes, so that no scalar is torn.
        while end > text.utf8.startIndex, text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
        return String(text.unicodeScalars[..<end])
    }

    /// Why a job whose workers kept dying is a dead letter.
    public static func poison(crashes: Int, worker: String?) -> String {
        "\(poisonStart)\(crashes)\(poisonMiddle)\(worker ?? "unknown"))"
    }

    /// The text before the number of crashes, for stores that count where they keep the job.
    public static let poisonStart = "the worker was lost while running this job "
    /// The text between the number and the worker's name.
    public static let poisonMiddle = " times (last: "
}
