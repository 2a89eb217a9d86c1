import RoostJobs
import RoostProcessKit

/// One thing a job can ask for: over HTTP, on the command line, and what must come of it.
struct JobCase: Sendable {
    let what: String
    let members: String
    let verb: [String]
    let holds: @Sendable (JobView) -> Bool

    init(_ what: String, _ members: String, _ verb: [String], _ holds: @escaping @Sendable (JobView) -> Bool) {
        self.what = what
        self.members = members
        self.verb = verb
        self.holds = holds
    }

    /// The cases for a test that begins now.
    static func all(now: Timestamp) -> [JobCase] {
        let soon = now.advanced(by: .milliseconds(600))
        return plain + failures + [
            JobCase(
                "waits until run_at", #""type":"noop","payload":{},"run_at":"\#(soon.rfc3339)""#,
                ["noop", "--run-at", soon.rfc3339]
            ) { job in
                job.status == "done" && job.time("started_at").map { $0 >= soon } ?? false
            },
            JobCase(
                "fails at its deadline", #""type":"sleep","payload":{"seconds":60},"deadline_in":1"#,
                ["sleep", #"{"seconds":60}"#, "--deadline-in", "1"]
            ) { job in
                job.status == "failed" && job.error == ErrorText.deadline && job.attempt == 1
            },
            JobCase(
                "is cancelled when it does not start in time",
                #""type":"noop","payload":{},"queue":"held","start_within":0.3"#,
                ["noop", "--queue", "held", "--start-within", "0.3"]
            ) { job in
                job.status == "cancelled" && job.error == ErrorText.notStarted && job.attempt == 0
            },
        ]
    }

    private static let plain = [
        JobCase("gives its result", #""type":"echo","payload":{"hello":"world"}"#, ["echo", #"{"hello":"world"}"#]) {
            $0.status == "done" && $0.raw("result") == #"{"hello":"world"}"# && $0.attempt == 1
        },
        JobCase("has any type and no payload", #""type":"report.daily","payload":{}"#, ["report.daily"]) {
            $0.status == "done" && $0.raw("result")?.contains("completed") ?? false
        },
        JobCase(
            "keeps what it was given",
            #""type":"noop","payload":{"n":1},"queue":"spare","priority":2,"max_attempts":7,"tenant":"acme","tags":["a","b"]"#,
            [
                "noop", #"{"n":1}"#, "--queue", "spare", "--priority", "2", "--max-attempts", "7", "--tenant", "acme",
                "--tag", "a", "--tag", "b",
            ]
        ) { job in
            job.status == "done" && job.text("queue") == "spare" && job.int("priority") == 2
                && job.int("max_attempts") == 7 && job.text("tenant") == "acme" && job.raw("tags") == #"["a","b"]"#
        },
        JobCase("waits for its delay", #""type":"noop","payload":{},"delay":0.6"#, ["noop", "--delay", "0.6"]) { job in
            guard let accepted = job.time("inserted_at"), let started = job.time("started_at") else { return false }
            return job.status == "done" && started.since(accepted) >= .milliseconds(600)
        },
        JobCase(
            "tells how far it is", #""type":"progress","payload":{"steps":3,"seconds":0.3}"#,
            ["progress", #"{"steps":3,"seconds":0.3}"#]
        ) { job in
            job.status == "done" && job.raw("progress") == #"{"fraction":1.0,"message":"step 3 of 3"}"#
                && job.rows("log").compactMap { $0.text("text") }
                    == ["attempt 1 starts, 3 steps"] + (1...3).map { "step \($0) of 3 is done" }
        },
    ]

    private static let failures = [
        JobCase(
            "is tried again as its list of waits says",
            #""type":"fail","payload":{"message":"not yet","until_attempt":3},"retry":[0.1,0.2]"#,
            ["fail", #"{"message":"not yet","until_attempt":3}"#, "--retry", "0.1,0.2"]
        ) { job in
            let errors = job.rows("failures").compactMap { $0.text("error") }
            return job.status == "done" && job.attempt == 3 && errors == ["not yet", "not yet"]
        },
        JobCase(
            "gives up after its attempts", #""type":"fail","payload":{"message":"no"},"max_attempts":2,"retry":[0]"#,
            ["fail", #"{"message":"no"}"#, "--max-attempts", "2", "--retry", "fixed:0"]
        ) { job in
            job.status == "failed" && job.error == "no" && job.attempt == 2 && job.rows("failures").count == 2
        },
        JobCase(
            "is stopped at its timeout",
            #""type":"sleep","payload":{"seconds":60},"timeout":0.2,"max_attempts":1"#,
            ["sleep", #"{"seconds":60}"#, "--timeout", "0.2", "--max-attempts", "1"]
        ) { job in
            job.status == "failed" && job.error == "timed out after 200 ms"
        },
        JobCase(
            "is given up at once when its payload is none for its type",
            #""type":"sleep","payload":{"seconds":"long"},"max_attempts":9"#,
            ["sleep", #"{"seconds":"long"}"#, "--max-attempts", "9"]
        ) { job in
            job.status == "failed" && job.attempt == 1
        },
    ]
}
