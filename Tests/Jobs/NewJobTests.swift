import RoostJobs
import Testing

@Suite("A job as a producer asks for it")
struct NewJobTests {
    private static func job(_ change: (inout NewJob) -> Void) -> NewJob {
        var job = NewJob(type: "t", payload: [])
        change(&job)
        return job
    }

    @Test("has the defaults everybody knows")
    func defaults() {
        let job = NewJob(type: "t", payload: [])
        #expect(job.queue == "default")
        #expect(job.priority == 5)
        #expect(job.maxAttempts == 3)
        #expect(job.timeout == .seconds(300))
        #expect(job.resultTTL == .seconds(3600))
        #expect(job.start == .now)
        #expect(job.uniqueKey == nil)
        #expect(job.issues.isEmpty)
        #expect(NewJob(type: "t", payload: []).id > job.id)
    }

    @Test(
        "is refused by the field that is wrong",
        arguments: [
            ("type", job { $0.type = "" }), ("type", job { $0.type = "a b" }),
            ("type", job { $0.type = String(repeating: "t", count: 101) }), ("queue", job { $0.queue = "" }),
            ("queue", job { $0.queue = "q\n" }), ("priority", job { $0.priority = 0 }),
            ("priority", job { $0.priority = 11 }), ("priority", job { $0.priority = .min }),
            ("priority", job { $0.priority = .max }), ("max_attempts", job { $0.maxAttempts = 0 }),
            ("max_attempts", job { $0.maxAttempts = 1001 }), ("max_attempts", job { $0.maxAttempts = .max }),
            ("payload", job { $0.payload = [UInt8](repeating: 0, count: JobLimits.payloadBytes + 1) }),
            ("timeout", job { $0.timeout = .zero }), ("timeout", job { $0.timeout = .microseconds(999) }),
            ("timeout", job { $0.timeout = .seconds(-1) }), ("timeout", job { $0.timeout = .seconds(Int64.max) }),
            ("result_ttl", job { $0.resultTTL = .nanoseconds(-1) }),
            ("result_ttl", job { $0.resultTTL = JobLimits.longest + .nanoseconds(1) }),
            ("result_ttl", job { $0.resultTTL = .seconds(Int64.min) }),
            ("delay", job { $0.start = .after(.nanoseconds(-1)) }),
            ("delay", job { $0.start = .after(JobLimits.longest + .nanoseconds(1)) }),
            ("delay", job { $0.start = .after(.seconds(Int64.max)) }), ("unique", job { $0.uniqueKey = "" }),
            ("unique", job { $0.uniqueKey = "a b" }), ("unique", job { $0.uniqueKey = "a\u{7F}" }),
            ("unique", job { $0.uniqueKey = "a\0" }),
            ("unique", job { $0.uniqueKey = String(repeating: "k", count: 201) }),
            ("unique", job { $0.uniqueKey = String(repeating: "ü", count: 101) }),
        ])
    func refused(path: String, job: NewJob) {
        #expect(job.issues.map(\.path) == [path])
        #expect(throws: NewJob.Issue.self) { try job.validated() }
    }

    @Test(
        "may go to every limit",
        arguments: [
            job { $0.type = String(repeating: "t", count: 100) }, job { $0.priority = 1 }, job { $0.priority = 10 },
            job { $0.maxAttempts = 1 }, job { $0.maxAttempts = 1000 }, job { $0.timeout = .milliseconds(1) },
            job { $0.timeout = JobLimits.longest }, job { $0.resultTTL = .zero },
            job { $0.resultTTL = JobLimits.longest }, job { $0.start = .after(.zero) },
            job { $0.start = .after(JobLimits.longest) }, job { $0.start = .at(Timestamp(microseconds: .max)) },
            job { $0.payload = [UInt8](repeating: 0, count: JobLimits.payloadBytes) },
            job { $0.uniqueKey = String(repeating: "ü", count: 100) }, job { $0.uniqueKey = "-" },
        ])
    func accepted(job: NewJob) throws {
        #expect(job.issues.isEmpty)
        #expect(try job.validated() == job)
    }

    @Test("hears of all its faults at once, in words")
    func allIssues() {
        let job = NewJob(
            type: "", queue: "", payload: [], priority: 0, maxAttempts: 0, timeout: .zero, resultTTL: .seconds(-1),
            start: .after(.seconds(-1)), uniqueKey: "")
        #expect(
            job.issues.map(\.path)
                == ["type", "queue", "priority", "max_attempts", "timeout", "result_ttl", "delay", "unique"])
        #expect(job.issues.allSatisfy { $0.message.hasPrefix("must be") })
    }
}
