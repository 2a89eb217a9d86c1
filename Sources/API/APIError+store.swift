import HTTPTypes
import RoostJobs

extension APIError {
    /// What a client may know of a store's failure. `job` is the id a submit carried: when the answer was lost, the
    /// client can look whether it exists.
    init(_ error: StoreError, writing: Bool, job: JobID? = nil) {
        switch error.code {
        case .unavailable:
            self.init(.serviceUnavailable, "The job store is not reachable\(writing ? "; nothing was accepted" : "")")
        case .unknown where writing:
            self.init(
                .serviceUnavailable,
                "The job store did not answer; the job may not have been accepted: "
                    + "repeat with the same key, or look for its id"
            )
            jobID = job
        case .unknown: self.init(.serviceUnavailable, "The job store did not answer")
        case .closed:
            self.init(.serviceUnavailable, "This node is shutting down\(writing ? "; nothing was accepted" : "")")
        case .invalid:
            self.init(.unprocessableContent, "Invalid job")
            issues = [NewJob.Issue(path: "", message: "was refused by the store")]
        case .corrupt: self.init(.internalServerError, "What is stored cannot be read")
        }
        if status == .serviceUnavailable { headers[.retryAfter] = "1" }
    }
}
