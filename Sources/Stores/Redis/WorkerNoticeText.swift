import RoostJobs

/// What a worker says it can do, as Redis keeps it: `1 =<queue>,<queue>,… *` or `1 =<queue>,… =<type>,…`. Names hold
/// neither commas nor spaces. A queue whose slots are taken is named a second time with a `!` behind it, which an older
/// reader takes for a queue that no job waits in.
enum WorkerNoticeText {
    /// The text of a notice; what can be no name of a queue or a type is left out, for no job has it.
    static func text(_ notice: WorkerNotice) -> String {
        let types = notice.types.map { "=" + $0.filter(JobName.isValid).sorted().joined(separator: ",") } ?? "*"
        let queues = notice.queues.filter(JobName.isValid)
        let busy = queues.filter(notice.busy.contains).map { $0 + "!" }
        return "1 =\((queues + busy).joined(separator: ",")) \(types)"
    }

    /// A notice from its text; nil for a format this version does not know.
    static func parse(_ text: String, worker: String) -> WorkerNotice? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == "1", words[1].hasPrefix("="), words[2] == "*" || words[2].hasPrefix("=")
        else { return nil }
        func names(_ word: Substring) -> [String] { word.dropFirst().split(separator: ",").map(String.init) }
        let queues = names(words[1])
        return WorkerNotice(
            worker: worker, queues: queues.filter { !$0.hasSuffix("!") },
            types: words[2] == "*" ? nil : Set(names(words[2])),
            busy: Set(queues.filter { $0.hasSuffix("!") }.map { String($0.dropLast()) }))
    }
}
