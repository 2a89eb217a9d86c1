import HTTPTypes
import RoostJobs

extension APIError {
    /// What a request wanted of the store.
    enum Intent: Sendable {
        /// To look.
        case read
        /// To give it jobs.
        case submit
        /// To change what is there.
        case change
    }

    /// What a client may know of a store's failure. `job` is the id a submit carried: when the answer was lost, the
    /// client can look whether it exists.
    init(_ error: StoreError, _ intent: Intent, job: JobID? = nil) {
        switch (error.code, intent) {
        case (.unavailable, _):
            self.init(.serviceUnavailable, "The job store is not reachable\(Self.nothing(intent))")
        case (.unknown, .submit):
            self.init(
                .serviceUnavailable,
                "The job store did not answer; the job may not have been accepted: "
                    + "repeat with the same key, or look for its id"
            )
            jobID = job
        case (.unknown, .change):
            self.init(.serviceUnavailable, "The job store did not answer; it may have happened: repeat it")
        case (.unknown, .read): self.init(.serviceUnavailable, "The job store did not answer")
        case (.closed, _): self.init(.serviceUnavailable, "This node is shutting down\(Self.nothing(intent))")
        case (.invalid, .submit):
            self.init(.unprocessableContent, "Invalid job")
            issues = [NewJob.Issue(path: "", message: "was refused by the store")]
        case (.invalid, _): self.init(.unprocessableContent, "The store refused it: it breaks a limit")
        case (.corrupt, _): self.init(.internalServerError, "What is stored cannot be read")
        }
        if status == .serviceUnavailable { headers[.retryAfter] = "1" }
    }

    private static func nothing(_ intent: Intent) -> String {
        switch intent {
        case .read: ""
        case .submit: "; nothing was accepted"
        case .change: "; nothing was changed"
        }
    }
}

/// Makes a call to the store whose failure is told in the words of the intent.
func told<Value>(
    _ intent: APIError.Intent, job: JobID? = nil, _ call: () async throws(StoreError) -> Value
) async throws(APIError) -> Value {
    do throws(StoreError) { return try await call() } catch { throw APIError(error, intent, job: job) }
}
