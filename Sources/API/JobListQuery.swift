import Hummingbird
import HummingbirdCore
import RoostJobs

/// The query string of `GET /jobs`.
struct JobListQuery {
    private let state: JobState?
    private let type: String?
    private let queue: String?
    private let page: Int
    private let perPage: Int

    static let defaultPerPage = 50

    init(_ uri: URI) throws(APIError) {
        let query = uri.queryParameters
        func value(_ name: String) -> String? { query[Substring(name)].map { String($0) } }
        func number(_ name: String, _ standard: Int) throws(APIError) -> Int {
            guard let text = value(name) else { return standard }
            // `Int` takes a plus sign, a query does not.
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), number >= 1 else {
                throw APIError(.badRequest, "'\(name)' must be a whole number from 1")
            }
            return number
        }
        func name(_ name: String) throws(APIError) -> String? {
            guard let text = value(name), !text.isEmpty else { return nil }
            guard JobName.isValid(text) else { throw APIError(.badRequest, "'\(name)' is not a valid name") }
            return text
        }
        if let text = value("status"), !text.isEmpty {
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
        page = try number("page", 1)
        perPage = min(try number("per_page", Self.defaultPerPage), JobQuery.maximumLimit)
    }

    /// What to ask the store for.
    var store: JobQuery {
        let (offset, overflow) = (page - 1).multipliedReportingOverflow(by: perPage)
        return JobQuery(state: state, type: type, queue: queue, offset: overflow ? .max : offset, limit: perPage)
    }

    /// The `Link` header (RFC 8288): first, previous, next and, where the total is known, last page. The references
    /// are relative, so that they hold behind a proxy.
    func links(count: Int, total: Int?) -> String {
        var links = [link(1, "first")]
        let last = total.map { max(1, ($0 - 1) / perPage + 1) }
        if page > 1 { links.append(link(min(page - 1, last ?? page), "prev")) }
        if last.map({ page < $0 }) ?? (count == perPage), page < .max { links.append(link(page + 1, "next")) }
        if let last { links.append(link(last, "last")) }
        return links.joined(separator: ", ")
    }

    private func link(_ page: Int, _ relation: String) -> String {
        var target = "/jobs?page=\(page)&per_page=\(perPage)"
        if let state { target += "&status=\(state.rawValue)" }
        // Names have no character that a query must escape.
        if let type { target += "&type=\(type)" }
        if let queue { target += "&queue=\(queue)" }
        return "<\(target)>; rel=\"\(relation)\""
    }
}
