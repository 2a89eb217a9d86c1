import Hummingbird
import HummingbirdCore
import RoostJobs

/// The query string of a list of jobs: filters, a search, and which page.
///
/// Pages are counted (`page`), or follow each other by `cursor`: then each begins where the one before ended, whatever was
/// added meanwhile. A search goes by cursor unless a page is asked for.
struct JobListQuery {
    private let page: PageQuery
    private let filter: JobFilter
    private let path: String
    /// What links carry on: the parameters of this query but the page.
    private let carried: String
    /// Whether pages follow each other by cursor.
    private let isByCursor: Bool
    private let cursor: JobID?

    /// Reads a query of `path`; where the path has a state of its own, the query's is not looked at.
    init(_ uri: URI, path: String = "/jobs", state fixed: JobState? = nil) throws(APIError) {
        self.path = path
        page = try PageQuery(uri, path: path)
        var filter = JobFilter(limit: 20)
        var carried = ""
        if let fixed {
            filter.fix(fixed)
        } else if let text = try QueryText.value(uri, "status"), !text.isEmpty {
            guard JobState(rawValue: text) != nil else {
                let names = JobState.allCases.map(\.rawValue).joined(separator: ", ")
                throw APIError(.badRequest, "'status' must be one of \(names)")
            }
            filter.add("state", text, path: "")
            carried += "&status=\(text)"
        }
        for name in ["type", "queue"] {
            guard let text = try QueryText.value(uri, name), !text.isEmpty else { continue }
            guard JobName.isValid(text) else { throw APIError(.badRequest, "'\(name)' is not a valid name") }
            filter.add(name, text, path: "")
            carried += "&\(name)=\(text)"
        }
        let search = try QueryText.value(uri, "q") ?? ""
        filter.add(search, path: "q")
        guard filter.issues.isEmpty else { throw .invalid(filter.issues, "Invalid search") }
        if !search.isEmpty { carried += "&q=\(QueryText.encoded(search))" }
        let cursor = try QueryText.value(uri, "cursor")
        let isPage = uri.queryParameters["page"] != nil
        if cursor != nil, isPage {
            throw .invalid([.init(path: "cursor", message: "and page exclude each other")], "Invalid search")
        }
        self.cursor = try cursor.flatMap { text throws(APIError) in
            if text.isEmpty { return nil }
            guard let id = JobID(text) else { throw APIError(.badRequest, "'cursor' is none that a page named") }
            return id
        }
        isByCursor = cursor != nil || (!search.isEmpty && !isPage)
        self.filter = filter
        self.carried = carried
    }

    /// What to ask the store for.
    var store: JobQuery {
        var query = filter.query
        query.limit = page.perPage
        if isByCursor { query.olderThan = cursor } else { query.offset = page.offset }
        return query
    }

    /// The `Link` header.
    func links(_ found: JobPage) -> String {
        guard isByCursor else { return page.links(count: found.jobs.count, total: found.total, filter: carried) }
        func link(_ cursor: String, _ relation: String) -> String {
            "<\(path)?cursor=\(cursor)&per_page=\(page.perPage)\(carried)>; rel=\"\(relation)\""
        }
        return ([link("", "first")] + (found.next.map { [link($0.description, "next")] } ?? [])).joined(separator: ", ")
    }
}
