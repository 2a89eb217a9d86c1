import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// Jobs that take their process down, and jobs nobody can run.
@Suite(.serialized) struct CrashFeatureTests {
    @Test(
        "a job that kills its process is a dead letter after three times, and all others end well",
        arguments: Arena.Kind.allCases)
    func poison(_ kind: Arena.Kind) throws {
        let arena = try Arena(kind, environment: ["ROOST_LEASE_SECONDS": "1"])
        let others = try arena.bulk(
            (0..<20).map { #""type":"sleep","payload":{"seconds":\#(Double($0 % 5) / 10)}"# })
        let crash = try arena.submit(#""type":"crash","payload":{}"#)
        let dead = try eventually("the job to be given up", seconds: 60) { () -> JobView? in
            try arena.restartEnded()
            // It may take the API down with it between two looks.
            guard let job = try arena.job(crash), job.isFinal else { return nil }
            return job
        }
        try arena.restartEnded()
        #expect(dead.status == "failed" && dead.int("crashes") == 3, "\(dead)")
        #expect(dead.error.hasPrefix(ErrorText.poison(crashes: 3, worker: nil).prefix(50)), "\(dead)")
        for job in try arena.ended(others, seconds: 60) { #expect(job.status == "done", "\(job)") }
        try arena.finish()
    }

    @Test(
        "a job nobody can run waits, says so, and runs within a second of somebody joining who can",
        arguments: Arena.Kind.allCases)
    func noWorker(_ kind: Arena.Kind) throws {
        // No handlers at all, and few ended jobs kept.
        let arena = try Arena(kind, nodes: 1, options: [], environment: ["ROOST_KEEP_DONE": "4"])
        let ids = try (0..<3).map { _ in try arena.submit(#""type":"rare","payload":{}"#) }
        let verb = try arena.enqueue(["rare"])
        #expect(try arena.why(ids[0]).contains("no_worker"))
        #expect(try arena.roost(["job", "why", verb]).text.contains("No live worker serves queue default"))
        #expect(try arena.job(verb)?.status == "queued")
        let joined = Timestamp.now()
        if kind == .up {
            try arena.restartUp(options: ["--demo"])
        } else {
            try arena.addNode(options: ["--demo"])
        }
        let job = try arena.job(verb, is: "done")
        // A second is what is promised; three leave room for a machine under load, and the start is in it.
        #expect(try #require(job.time("started_at")).since(joined) < .seconds(3), "\(job)")
        _ = try arena.bulk(Array(repeating: #""type":"rare","payload":{}"#, count: 8))
        try eventually("the oldest to be deleted") {
            let stats = try arena.curl.get("/stats")
            return stats.object?["totals"]?.object?["done"]?.int == 12 && stats.int("done") == 4 ? true : nil
        }
        try arena.finish()
    }
}
