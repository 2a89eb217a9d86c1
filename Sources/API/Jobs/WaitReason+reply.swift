import RoostJobs

extension WaitReason {
    /// A word for programs.
    var word: String {
        switch self {
        case .scheduled: "scheduled"
        case .parents: "dependencies"
        case .paused: "paused"
        case .concurrency: "concurrency"
        case .rate: "rate"
        case .noWorker: "no_worker"
        case .busy: "busy"
        case .position: "position"
        case .running: "running"
        }
    }

    /// A sentence for a person.
    var text: String {
        switch self {
        case .scheduled(let until): "It waits for its time, \(until.rfc3339)"
        case .parents(1): "It waits for another job to end"
        case .parents(let count): "It waits for \(count) other jobs to end"
        case .paused(let queue): "\(Self.title(queue)) paused"
        case .concurrency(let queue, let tenant, let limit):
            "\(Self.place(queue, tenant)) as many jobs run as may: \(limit)"
        case .rate(let queue, let tenant, let until):
            "\(Self.place(queue, tenant)) as many jobs have started as may, until \(until.rfc3339)"
        case .noWorker(let type, let queue): "No live worker serves queue \(queue) and handles type \(type)"
        case .busy(let queue, 1): "The one worker that takes it has no free slot for queue \(queue)"
        case .busy(let queue, let workers):
            "None of the \(workers) workers that take it has a free slot for queue \(queue)"
        case .position(0): "It is the next of its queue, priority and type"
        case .position(1): "1 job is before it"
        case .position(let ahead): "\(ahead >= 1000 ? "1000 jobs or more" : "\(ahead) jobs") are before it"
        case .running(let worker, let until): "It runs on \(worker), whose lease holds until \(until.rfc3339)"
        }
    }

    private static func title(_ queue: String) -> String {
        queue == QueueSettings.all ? "All queues are" : "Queue \(queue) is"
    }

    private static func place(_ queue: String, _ tenant: String?) -> String {
        let place = queue == QueueSettings.all ? "Over all queues" : "In queue \(queue)"
        return tenant.map { "\(place), for tenant \($0)," } ?? place
    }
}

extension JSONWriter {
    /// Why a job does not run: word, sentence and what they are about.
    mutating func field(_ name: String, _ reasons: [WaitReason]) {
        key(name)
        array { json in for reason in reasons { json.write(reason) } }
    }

    private mutating func write(_ reason: WaitReason) {
        object { json in
            json.field("reason", reason.word)
            json.field("text", reason.text)
            switch reason {
            case .scheduled(let until): json.field("until", until)
            case .parents(let count): json.field("count", count)
            case .paused(let queue): json.field("queue", queue)
            case .concurrency(let queue, let tenant, let limit):
                json.field("queue", queue)
                json.field("tenant", tenant)
                json.field("limit", limit)
            case .rate(let queue, let tenant, let until):
                json.field("queue", queue)
                json.field("tenant", tenant)
                json.field("until", until)
            case .noWorker(let type, let queue):
                json.field("type", type)
                json.field("queue", queue)
            case .busy(let queue, let workers):
                json.field("queue", queue)
                json.field("workers", workers)
            case .position(let ahead): json.field("ahead", ahead)
            case .running(let worker, let until):
                json.field("worker", worker)
                json.field("lease_until", until)
            }
        }
    }
}
