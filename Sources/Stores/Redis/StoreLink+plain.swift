import RoostJobs
import RoostRedis

extension StoreLink {
    /// The arguments of the script that costs least, for jobs without features; nil where one of them has some.
    static func plain(_ jobs: [NewJob]) -> RedisCommand? {
        guard let sections = PlainSection.sections(of: jobs) else { return nil }
        var arguments = RedisCommand("")
        for section in sections { section.append(jobs, to: &arguments) }
        return arguments
    }

    /// Accepts jobs without features; false when nothing was done and `EnqueueScript` has to decide.
    func enqueuePlain(_ arguments: RedisCommand, onQueued: @escaping () -> Void) async throws(StoreError) -> Bool {
        let reply = try await evaluate(PlainEnqueueScript.script, onQueued: onQueued) { command in
            command.append(argumentsOf: arguments)
        }
        return reply.int == 1
    }
}

/// Jobs without features that go into one lane.
private struct PlainSection {
    /// The first of them, which stands for what they have in common.
    private let model: NewJob
    private var members: [Int]

    /// The jobs by lane, each lane's in order; nil when any of them uses a feature, an id comes twice, or jobs of one lane may
    /// be attempted a different number of times.
    static func sections(of jobs: [NewJob]) -> [PlainSection]? {
        var sections: [PlainSection] = []
        var ids = Set<JobID>(minimumCapacity: jobs.count)
        var places: [Lane: Int] = [:]
        // Neighbours are mostly of one lane: no look at the others then.
        var place = 0
        for (index, job) in jobs.enumerated() {
            guard job.isPlain, ids.insert(job.id).inserted else { return nil }
            if sections.isEmpty || !sections[place].model.sharesLane(with: job) {
                place = places[Lane(job), default: sections.count]
                if place == sections.count {
                    places[Lane(job)] = place
                    sections.append(PlainSection(model: job, members: []))
                }
            }
            guard sections[place].model.maxAttempts == job.maxAttempts else { return nil }
            sections[place].members.append(index)
        }
        return sections
    }

    func append(_ jobs: [NewJob], to command: inout RedisCommand) {
        command.append(model.queue)
        command.append(model.priority)
        command.append(model.type)
        command.append(model.maxAttempts)
        command.append(members.count)
        // Neighbours mostly have the same.
        var (timeout, ttl, times) = (Duration.zero, Duration.zero, "")
        for index in members {
            let job = jobs[index]
            if times.isEmpty || job.timeout != timeout || job.resultTTL != ttl {
                (timeout, ttl) = (job.timeout, job.resultTTL)
                times = " \(timeout.clampedMicroseconds) \(ttl.clampedMicroseconds) -\n"
            }
            command.append(job.id.description)
            command.append(times, job.payload)
        }
    }

    private struct Lane: Hashable {
        let queue: String
        let type: String
        let priority: Int

        init(_ job: NewJob) { (queue, type, priority) = (job.queue, job.type, job.priority) }
    }
}

extension NewJob {
    /// Whether it uses nothing that most jobs do without.
    fileprivate var isPlain: Bool {
        start == .now && uniqueKey == nil && unique == nil && idempotency == nil && tenant == nil && tags.isEmpty
            && terms.isEmpty && trace == nil && retry == nil && startBy == nil && deadline == nil && batch == nil
            && parents.isEmpty && parentRule == .done
    }

    fileprivate func sharesLane(with other: NewJob) -> Bool {
        priority == other.priority && queue == other.queue && type == other.type
    }
}
