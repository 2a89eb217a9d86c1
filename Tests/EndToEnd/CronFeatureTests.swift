import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// Periodic jobs on a real system that loses a process by kill -9.
@Suite(.serialized) struct CronFeatureTests {
    @Test(
        "each slot of a periodic job fires once and none is missed when a process is killed",
        arguments: Arena.Kind.allCases)
    func slots(_ kind: Arena.Kind) throws {
        let arena = try Arena(kind, environment: ["ROOST_LEASE_SECONDS": "1"])
        let body = #"{"schedule":"@every 1s","catch_up":"all","job":{"type":"tick","payload":{"n":1}}}"#
        let put = try arena.curl.run(["-s", "-X", "PUT", "\(arena.curl.base)/cron/tick", "-d", body])
        #expect(put.status == 201, "\(put)")
        let verb = try arena.roost(["cron", "put", "tock", "@every 1s", "tock", "--catch-up", "all"])
        #expect(verb.status == 0, "\(verb)")
        try refusals(arena)

        func runs(_ type: String) throws -> [JobView] { try arena.list("type=\(type)") }
        let first = try eventually("two slots") { () -> [JobView]? in
            let runs = try runs("tick")
            return runs.count >= 2 ? runs : nil
        }
        // Whoever ran the newest dies in the middle of it all.
        arena.kill(try #require(first.first).member)
        if kind == .up { try arena.restartEnded() }
        let types = ["tick", "tock"]
        let seen = try types.map { try runs($0).count }
        try eventually("two more slots of both") {
            try zip(types, seen).allSatisfy { try runs($0).count >= $1 + 2 } ? true : nil
        }
        for name in types { #expect(try arena.roost(["cron", "rm", name]).status == 0) }

        for type in types {
            let jobs = try arena.ended(try runs(type).map(\.id))
            #expect(jobs.allSatisfy { $0.status == "done" }, "\(jobs)")
            // The id of a slot's job tells the slot.
            let slots = jobs.compactMap { JobID($0.id)?.timestamp.milliseconds }.sorted()
            let steps = zip(slots, slots.dropFirst()).map { $1 - $0 }
            #expect(steps.count >= 2 && steps.allSatisfy { $0 == 1000 }, "\(slots)")
        }
        try arena.restartEnded()
        try arena.finish()
    }

    private func refusals(_ arena: Arena) throws {
        for bad in ["61 * * * *", "0 0 30 2 *", "@often"] {
            let body = #"{"schedule":"\#(bad)","job":{"type":"t"}}"#
            let reply = try arena.curl.run(["-s", "-X", "PUT", "\(arena.curl.base)/cron/bad", "-d", body])
            #expect(reply.status == 422, "\(reply)")
            #expect(try arena.roost(["cron", "put", "bad", bad, "t"]).status == 65)
        }
        let zone = try arena.roost(["cron", "put", "late", "30 2 * * *", "t", "--time-zone", "Europe/Berlin"])
        #expect(zone.status == 0 && zone.text.contains("next_run"), "\(zone)")
        #expect(try arena.roost(["cron", "pause", "late"]).status == 0)
        #expect(try arena.roost(["cron", "list"]).text.contains("paused"))
        #expect(try arena.roost(["cron", "resume", "late"]).status == 0)
        let now = try arena.roost(["cron", "run", "late"])
        _ = try arena.job(String(now.text.prefix(26)), is: "done")
    }
}
