import RoostJobs

/// A checked batch: its members in an order in which each comes after those it waits for.
struct BatchPlan {
    /// The members as they were given.
    private let members: [JobEnvelope]
    /// What each waits for.
    private let parents: [[Parent]]
    /// Places of the members, parents first.
    private let order: [Int]
    /// The trace context of the request.
    private let trace: String?

    /// What a member waits for.
    private enum Parent {
        case member(Int)
        case job(JobID)

        func isMember(_ place: Int) -> Bool { if case .member(place) = self { true } else { false } }
    }

    /// How many members there are.
    var count: Int { members.count }

    /// The members' own names, where they have one.
    var keys: [String?] { members.map(\.key) }

    /// Puts the members in order; throws 422 for two of a name, a name nobody has, or a circle.
    init(_ envelope: BatchEnvelope, trace: String?, limit: Int) throws(APIError) {
        self.trace = trace
        var reader = FieldReader(limit: limit)
        var places: [String: Int] = [:]
        for (index, member) in envelope.members.enumerated() {
            guard let key = member.key else { continue }
            if let other = places[key] {
                reader.add("jobs[\(index)].key", "is the key of jobs[\(other)] too")
            } else {
                places[key] = index
            }
        }
        members = envelope.members
        parents = Self.parents(envelope, places, &reader)
        guard reader.issues.isEmpty else { throw .invalid(reader.issues, Self.invalid) }
        order = try Self.order(parents, members)
    }

    private static func parents(
        _ envelope: BatchEnvelope, _ places: [String: Int], _ reader: inout FieldReader
    ) -> [[Parent]] {
        var all: [[Parent]] = []
        all.reserveCapacity(envelope.members.count)
        for (index, member) in envelope.members.enumerated() {
            var parents: [Parent] = []
            var seen: Set<String> = []
            for (number, text) in member.dependsOn.enumerated() {
                let path = "jobs[\(index)].depends_on[\(number)]"
                guard seen.insert(text).inserted else {
                    reader.add(path, "is named twice")
                    continue
                }
                if let place = places[text] {
                    parents.append(.member(place))
                } else if let id = JobID(text) {
                    parents.append(.job(id))
                } else {
                    reader.add(path, "is neither the key of a job in this batch nor a job's id")
                }
            }
            if envelope.isChain, index > 0, !parents.contains(where: { $0.isMember(index - 1) }) {
                parents.append(.member(index - 1))
            }
            if parents.count > JobLimits.parents {
                reader.add("jobs[\(index)].depends_on", "must be at most \(JobLimits.parents) jobs")
            }
            all.append(parents)
        }
        return all
    }

    private static func order(_ parents: [[Parent]], _ members: [JobEnvelope]) throws(APIError) -> [Int] {
        var graph = BatchGraph(count: parents.count)
        for (child, parents) in parents.enumerated() {
            for case .member(let parent) in parents { graph.add(parent, before: child) }
        }
        switch graph.order {
        case .order(let order): return order
        case .cycle(let cycle):
            // A long circle is told by its beginning.
            var names = cycle.prefix(20).map { members[$0].key ?? "jobs[\($0)]" }
            if cycle.count > names.count { names.append("…") }
            names.append(names[0])
            let message = "wait for each other in a circle: " + names.joined(separator: " → ")
            throw .invalid([.init(path: "jobs", message: message)], invalid)
        }
    }

    /// The jobs for a store, parents first, when the members have these ids, in the order they were given.
    func jobs(ids: [JobID], batch: JobID) -> [NewJob] {
        order.map { place in
            var job = members[place].job
            job.id = ids[place]
            job.batch = batch
            job.trace = trace
            job.parents = parents[place].map { parent in
                switch parent {
                case .member(let place): ids[place]
                case .job(let id): id
                }
            }
            return job
        }
    }

    /// How many members go to which queue.
    var queues: [String: Int] { members.reduce(into: [:]) { $0[$1.job.queue, default: 0] += 1 } }

    static let invalid = "Invalid batch"
}
