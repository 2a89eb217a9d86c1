import Hummingbird
import HummingbirdCore
import RoostJobs

/// Which page of a list is asked for: `page` from 1, `per_page` up to 200.
struct PageQuery {
    let page: Int
    let perPage: Int
    private let path: String

    static let defaultPerPage = 50

    init(_ uri: URI, path: String) throws(APIError) {
        self.path = path
        page = try Self.number(uri, "page") ?? 1
        perPage = min(try Self.number(uri, "per_page") ?? Self.defaultPerPage, JobQuery.maximumLimit)
    }

    /// A whole number from 1; nil where none is given.
    static func number(_ uri: URI, _ name: String) throws(APIError) -> Int? {
        guard let text = uri.queryParameters[Substring(name)] else { return nil }
        // `Int` takes a plus sign, a query does not.
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), !text.utf8.allSatisfy({ $0 == 0x30 })
        else { throw APIError(.badRequest, "'\(name)' must be a whole number from 1") }
        // What is beyond every number there can be is as much as there is: a page beyond every other is empty like the
        // first one beyond the last.
        return Int(text) ?? .max
    }

    /// How many items come before the page.
    var offset: Int {
        let (offset, overflow) = (page - 1).multipliedReportingOverflow(by: perPage)
        return overflow ? .max : offset
    }

    /// The `Link` header (RFC 8288): first, previous, next and, where the total is known, last page. The references
    /// are relative, so that they hold behind a proxy. `filter` is what follows the page in each.
    func links(count: Int, total: Int?, filter: String = "") -> String {
        func link(_ page: Int, _ relation: String) -> String {
            "<\(path)?page=\(page)&per_page=\(perPage)\(filter)>; rel=\"\(relation)\""
        }
        var links = [link(1, "first")]
        let last = total.map { max(1, ($0 - 1) / perPage + 1) }
        if page > 1 { links.append(link(min(page - 1, last ?? page), "prev")) }
        if last.map({ page < $0 }) ?? (count == perPage), page < .max { links.append(link(page + 1, "next")) }
        if let last { links.append(link(last, "last")) }
        return links.joined(separator: ", ")
    }
}
