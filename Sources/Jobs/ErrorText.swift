/// What is kept of an error.
public enum ErrorText {
    /// The text, cut to `JobLimits.errorBytes` between two characters.
    public static func cut(_ text: String) -> String { cut(text, bytes: JobLimits.errorBytes) }

    /// The text, cut to so many bytes between two characters.
    static func cut(_ text: String, bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: bytes)
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

    /// Why a job that did not start in time was cancelled.
    public static let notStarted = "it did not start in time"
    /// Why a job past its deadline failed.
    public static let deadline = "its deadline passed"
    /// Why a job was cancelled because of a parent; followed by the parent's id.
    public static let parent = "a job it waits for failed or is gone: "
    /// Why a job was cancelled because another took its unique key; followed by that job's id.
    public static let replaced = "replaced by "
    /// What is kept of an attempt whose worker was lost.
    public static let workerLost = "the worker was lost"
}
