import RoostJobs

/// What a worker says it can do, as Redis keeps it: `1 =<queue>,<queue>,… *` or `1 =<queue>,… =<type>,…`. Names hold
/// neither commas nor spaces.
enum WorkerNoticeText {
    /// The text of a notice; what can be no name of a queue or a type is left out, for no job has it.
    static func text(_ notice: WorkerNotice) -> String {
        let types = notice.types.map { "=" + $0.filter(JobName.isValid).sorted().joined(separator: ",") } ?? "*"
        return "1 =\(notice.queues.filter(JobName.isValid).joined(separator: ",")) \(types)"
    }

    /// A notice from its text; nil for a format this version does not know.
    static func parse(_ text: String, worker: String) -> WorkerNotice? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == "1", words[1].hasPrefix("="), words[2] == "*" || words[2].hasPrefix("=")
        else { return nil }
        func names(_ word: Substring) -> [String] { word.dropFirst().split(separator: ",").map(String.init) }
        return WorkerNotice(
            worker: worker, queues: names(words[1]), types: words[2] == "*" ? nil : Set(names(words[2])))
    }
}
