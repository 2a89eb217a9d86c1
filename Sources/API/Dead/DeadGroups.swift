import RoostJobs

/// The newest dead letters by type and cause.
struct DeadGroups: Sendable {
    struct Group: Sendable {
        let type: String
        let pattern: String
        var count = 0
        /// When the one that died last did, and the one that died first.
        var newest: Timestamp?
        var oldest: Timestamp?
        /// The newest ones.
        var examples: [JobID] = []
    }

    private struct Key: Hashable {
        let type: String
        let pattern: String
    }

    /// Dead letters that were looked at.
    private(set) var looked = 0
    /// Whether there are more than those.
    private(set) var hasMore = false
    private var groups: [Key: Group] = [:]

    /// How many dead letters are looked at.
    static let window = 2000
    /// Ids in a group.
    static let examples = 3

    /// Looks at the newest dead letters that the query lets through.
    init(_ store: any JobStore, _ query: JobQuery) async throws(StoreError) {
        var query = query
        query.state = .failed
        query.limit = JobQuery.maximumLimit
        repeat {
            let page = try await store.list(query)
            for job in page.jobs { add(job) }
            query.olderThan = page.next
        } while query.olderThan != nil && looked < Self.window
        hasMore = query.olderThan != nil
    }

    /// The groups, the largest first.
    var all: [Group] {
        groups.values.sorted { a, b in
            a.count != b.count ? a.count > b.count : (a.type, a.pattern) < (b.type, b.pattern)
        }
    }

    private mutating func add(_ job: JobRecord) {
        looked += 1
        let key = Key(type: job.type, pattern: ErrorPattern.of(job.error ?? ""))
        var group = groups[key] ?? Group(type: key.type, pattern: key.pattern)
        group.count += 1
        if let time = job.finishedAt {
            group.newest = max(group.newest ?? time, time)
            group.oldest = min(group.oldest ?? time, time)
        }
        if group.examples.count < Self.examples { group.examples.append(job.id) }
        groups[key] = group
    }
}

extension JSONWriter {
    /// The groups, and what they were made of.
    mutating func write(_ groups: DeadGroups) {
        object { json in
            json.field("looked", groups.looked)
            json.field("window", DeadGroups.window)
            json.field("has_more", groups.hasMore)
            json.key("groups")
            json.array { json in
                for group in groups.all {
                    json.object { json in
                        json.field("type", group.type)
                        json.field("error", group.pattern)
                        json.field("count", group.count)
                        json.field("newest", group.newest)
                        json.field("oldest", group.oldest)
                        json.key("examples")
                        json.array { json in for id in group.examples { json.string(id.description) } }
                    }
                }
            }
        }
    }
}
