import RoostJobs

/// A name as a part of a URL's path.
enum PathSegment {
    /// The name, escaped; a failure for what cannot be one. `*` stands for all where that is allowed.
    static func name(_ text: String, _ what: String, all: Bool = false) throws(Failure) -> String {
        if all, text == QueueSettings.all { return "%2A" }
        guard JobName.isValid(text) else { throw Failure(.usage, "\(text.debugDescription) is no name of a \(what)") }
        // Of what a name may have, only this would end the segment.
        return text.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "%2F")
    }

    /// A job's or batch's id.
    static func id(_ text: String, _ what: String = "job") throws(Failure) -> String {
        guard let id = JobID(text) else {
            throw Failure(.usage, "\(text.debugDescription) is no \(what) id (26 characters)")
        }
        return id.description
    }
}
