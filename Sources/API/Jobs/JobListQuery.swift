import Hummingbird
import HummingbirdCore
import RoostJobs

/// The query string of a list of jobs.
struct JobListQuery {
    private let page: PageQuery
    private let state: JobState?
    private let type: String?
    private let queue: String?
    /// Whether the state is the path's, not the query's.
    private let isFixed: Bool

    /// Reads a query of `path`; where the path has a state of its own, the query's is not looked at.
    init(_ uri: URI, path: String = "/jobs", state fixed: JobState? = nil) throws(APIError) {
        let query = uri.queryParameters
        func value(_ name: String) -> String? { query[Substring(name)].map { String($0) } }
        func name(_ name: String) throws(APIError) -> String? {
            guard let text = value(name), !text.isEmpty else { return nil }
            guard JobName.isValid(text) else { throw APIError(.badRequest, "'\(name)' is not a valid name") }
            return text
        }
        isFixed = fixed != nil
        if let fixed {
            state = fixed
        } else if let text = value("status"), !text.isEmpty {
            guard let state = JobState(rawValue: text) else {
                let names = JobState.allCases.map(\.rawValue).joined(separator: ", ")
                throw APIError(.badRequest, "'status' must be one of \(names)")
            }
            self.state = state
        } else {
            state = nil
        }
        type = try name("type")
        queue = try name("queue")
        page = try PageQuery(uri, path: path)
    }

    /// What to ask the store for.
    var store: JobQuery {
        JobQuery(state: state, type: type, queue: queue, offset: page.offset, limit: page.perPage)
    }

    /// The `Link` header.
    func links(count: Int, total: Int?) -> String {
        var filter = ""
        if let state, !isFixed { filter += "&status=\(state.rawValue)" }
        // Names have no character that a query must escape.
        if let type { filter += "&type=\(type)" }
        if let queue { filter += "&queue=\(queue)" }
        return page.links(count: count, total: total, filter: filter)
    }
}
