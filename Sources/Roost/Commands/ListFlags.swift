import ArgumentParser
import RoostJobs

/// Which page of which jobs.
struct ListFlags: ParsableArguments {
    @Option(help: "Only this type.") var type: String?
    @Option(help: "Only this queue.") var queue: String?
    @Option(
        name: .customLong("q"),
        help: ArgumentHelp("Only what a search finds, as 'type:mail error:timeout tag:vip'.", valueName: "search"))
    var search: String?
    @Option(help: "The page, from 1.") var page = 1
    @Option(help: "Jobs a page, at most 200.") var perPage = 50

    /// The query string, with other filters before.
    func query(_ filters: [(String, String?)] = []) throws(Failure) -> String {
        var query = "page=\(page)&per_page=\(perPage)"
        for (key, value) in filters + [("type", type), ("queue", queue)] {
            guard let value else { continue }
            guard JobName.isValid(value) else { throw Failure(.usage, "--\(key): no such name") }
            query += "&\(key)=\(value)"
        }
        if let search { query += "&q=\(PathSegment.escaped(search))" }
        return query
    }
}
