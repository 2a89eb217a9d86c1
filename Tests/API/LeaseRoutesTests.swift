import Crypto
import HTTPTypes
import RoostJobs
import Testing

@testable import RoostAPI

@Suite("/leases")
struct LeaseRoutesTests {
    let rig = APIRig()

    private func lease(_ body: String = "{}") async throws -> Reply { try await rig.post("/leases", body) }

    /// Leases one job; its lease's path.
    private func path(_ body: String = "{}") async throws -> String {
        let lease = try #require(try await lease(body).rows("leases").first)
        return "/leases/\(try #require(lease["lease_id"]?.string))"
    }

    @Test("a job is leased, its progress told, and completed")
    func course() async throws {
        let id = try await rig.submit(#""type":"thumb","tags":["a"],"timeout":60"#)
        let reply = try await lease(#"{"types":["thumb"],"lease":20,"worker":"py-1"}"#)
        #expect(reply.status == 200)
        let lease = try #require(try reply.rows("leases").first)
        let job = try #require(lease["job"]?.object)
        #expect(job["id"]?.string == id.description && job["type"]?.string == "thumb")
        #expect(job["attempt"]?.int == 1 && job["max_attempts"]?.int == 3 && job["timeout"]?.int == 60)
        let record = try await rig.job(id)
        #expect(record.state == .running && record.worker == "py-1")
        let started = try #require(record.startedAt)
        #expect(lease["expires_at"]?.string == started.advanced(by: .seconds(20)).rfc3339)
        #expect(lease["ends_at"]?.string == started.advanced(by: .seconds(60)).rfc3339)
        let path = "/leases/\(try #require(lease["lease_id"]?.string))"
        #expect(try await rig.post("\(path)/progress", #"{"progress":0.5,"log":["one","two"]}"#).status == 204)
        #expect(try await rig.post("\(path)/progress", #"{"log":"three"}"#).status == 204)
        let notes = try #require(try await rig.store.notes(id))
        #expect(notes.progress == Array(#"{"fraction":0.5}"#.utf8) && notes.log.map(\.text) == ["one", "two", "three"])
        let extended = try await rig.post("\(path)/extend", #"{"lease":30}"#)
        #expect(try extended.status == 200 && extended.json["cancel"]?.bool == false)
        let done = try await rig.post("\(path)/complete", #"{"result":{"w": 1}}"#)
        #expect(try done.status == 200 && done.string("outcome") == "done")
        #expect(try done.string("job_id") == id.description)
        #expect(try await rig.job(id).result == Array(#"{"w": 1}"#.utf8))
        // A repeat after a lost reply is no fault.
        #expect(try await rig.post("\(path)/complete", #"{"result":{"w": 1}}"#).status == 200)
    }

    @Test("there is nothing: an empty list, without a body as well")
    func none() async throws {
        #expect(try await lease().text == #"{"leases":[]}"#)
        #expect(try await rig.send(.post, "/leases").text == #"{"leases":[]}"#)
        _ = try await rig.submit(#""type":"other","queue":"q""#)
        #expect(try await lease(#"{"queues":["default"],"types":"*"}"#).rows("leases").isEmpty)
        #expect(try await lease(#"{"queues":["q"],"types":["thumb"]}"#).rows("leases").isEmpty)
        #expect(try await lease(#"{"queues":["q"],"types":"*","limit":100}"#).rows("leases").count == 1)
    }

    @Test("a failed attempt is tried again as the job says, until none is left")
    func fails() async throws {
        let id = try await rig.submit(#""max_attempts":2,"retry":{"kind":"list","delays":[0]}"#)
        let first = try await rig.post("\(path())/fail", #"{"error":"first"}"#)
        #expect(try first.string("outcome") == "retry" && first.raw("retry_in") == "0")
        let last = try await rig.post("\(path())/fail", #"{"error":"last"}"#)
        #expect(try last.string("outcome") == "failed")
        #expect(try await rig.job(id).state == .failed)
        #expect(try await rig.job(id).error == "last")
        #expect(try await rig.store.notes(id)?.failures.map(\.error) == ["first", "last"])
    }

    @Test(
        "a worker may say when to try again, or that it is no use",
        arguments: [
            (#"{"retry":7.5}"#, "retry", JobState.scheduled), (#"{"retry":true}"#, "retry", .scheduled),
            (#"{"retry":false,"error":"bad"}"#, "failed", .failed), (#"{"discard":true}"#, "failed", .failed),
            ("{}", "retry", .scheduled), (#"{"error":null}"#, "retry", .scheduled),
        ])
    func retry(body: String, outcome: String, state: JobState) async throws {
        let id = try await rig.submit()
        let reply = try await rig.post("\(path())/fail", body)
        #expect(try reply.string("outcome") == outcome, "\(reply.text)")
        #expect(try await rig.job(id).state == state)
        if body.contains("7.5") { #expect(try reply.raw("retry_in") == "7.5") }
    }

    @Test("a job handed back is not counted as an attempt, and waits when it shall")
    func release() async throws {
        let id = try await rig.submit()
        #expect(try await rig.post("\(path())/release", "{}").string("outcome") == "released")
        #expect(try await rig.job(id).state == .queued)
        #expect(try await rig.job(id).attempt == 0)
        #expect(try await rig.post("\(path())/release", #"{"delay":60}"#).status == 200)
        #expect(try await rig.job(id).state == .scheduled)
        #expect(try await rig.job(id).attempt == 0)
    }

    @Test("a cancel is told by the next extend, and whatever the worker says then the job is cancelled")
    func cancel() async throws {
        for verb in ["fail", "release"] {
            let id = try await rig.submit(#""max_attempts":1"#)
            let path = try await path()
            #expect(try await rig.post("/jobs/\(id)/cancel", #"{"reason":"no use"}"#).status == 202)
            #expect(try await rig.post("\(path)/extend", "{}").json["cancel"]?.bool == true)
            #expect(try await rig.post("\(path)/\(verb)", "{}").status == 200)
            #expect(try await rig.job(id).state == .cancelled)
            #expect(try await rig.job(id).error == "no use")
        }
    }

    @Test("every node of the cluster reads the leases of the others, and no other cluster does")
    func nodes() async throws {
        _ = try await rig.submit()
        let path = try await path()
        let other = APIRig(store: rig.store)
        #expect(try await other.post("\(path)/extend", "{}").status == 200)
        let stranger = APIRig()
        _ = try await stranger.submit()
        _ = try await stranger.post("/leases", "{}")
        #expect(try await stranger.post("\(path)/complete", "{}").status == 404)
        #expect(try await other.post("\(path)/complete", "{}").status == 200)
    }

    @Test("a lease that was made up, altered or cut settles nothing")
    func forged() async throws {
        let id = try await rig.submit()
        let path = try await path()
        let text = Array(path.dropFirst("/leases/".count).utf8)
        var forged = (0..<text.count).map { place in
            text.indices.map { $0 == place ? (text[$0] == 0x41 ? 0x42 : 0x41) : text[$0] }
        }
        forged += [Array(text.dropLast()), Array(text.dropFirst(4)), text + text, [0x41], Array("%00".utf8)]
        for bytes in forged {
            let reply = try await rig.post("/leases/\(String(decoding: bytes, as: UTF8.self))/complete", "{}")
            // The last character has bits that stand for nothing.
            if bytes.count == text.count, bytes.dropLast() == text.dropLast(), reply.status == 200 { continue }
            #expect(reply.status == 404 && reply.text == #"{"error":"Lease not found"}"#)
        }
        let claim = try #require(LeaseID(String(decoding: text, as: UTF8.self), key: try await key()))
        #expect(claim.ticket.id == id)
        // The same ticket under another key.
        let guessed = claim.text(.init(size: .bits256))
        #expect(try await rig.post("/leases/\(guessed)/complete", "{}").status == 404)
    }

    private func key() async throws -> SymmetricKey { try await LeaseKey(store: rig.store).value() }

    @Test("a lost lease is 409 for every call, and the one who has the job now is not disturbed")
    func lost() async throws {
        let id = try await rig.submit()
        let path = try await path(#"{"worker":"slow"}"#)
        _ = try await rig.store.reclaim(worker: "slow", limit: 1, maxCrashes: 3)
        let second = try await self.path(#"{"worker":"fast"}"#)
        for verb in ["extend", "progress", "complete", "fail", "release", "cancel"] {
            let reply = try await rig.post("\(path)/\(verb)", "{}")
            #expect(reply.status == 409, "\(verb) \(reply.text)")
            #expect(try reply.string("error")?.hasPrefix("The lease is lost") == true)
        }
        #expect(try await rig.job(id).state == .running)
        #expect(try await rig.job(id).worker == "fast")
        #expect(try await rig.post("\(second)/complete", "{}").status == 200)
        _ = try await rig.send(.delete, "/jobs/\(id)")
        #expect(try await rig.post("\(path)/fail", "{}").status == 409)
    }

    @Test("an attempt past the job's timeout ends when it is extended")
    func timeout() async throws {
        let id = try await rig.submit(#""timeout":0.001,"retry":{"kind":"fixed","delay":60}"#)
        let path = try await path()
        while Timestamp.now().since(try #require(try await rig.job(id).startedAt)) < .milliseconds(2) {
            await Task.yield()
        }
        #expect(try await rig.post("\(path)/extend", "{}").status == 409)
        #expect(try await rig.job(id).state == .scheduled)
        #expect(try await rig.job(id).error == "timed out after 1 ms")
    }

    @Test("the worker is known with what it does, so that its jobs wait for it and not for nobody")
    func announced() async throws {
        _ = try await lease(#"{"queues":["a","b"],"types":["thumb","mail"],"worker":"py-7"}"#)
        let worker = try #require(try await rig.get("/workers").rows().first)
        #expect(worker["worker"]?.string == "py-7")
        #expect(worker["queues"]?.bytes == Array(#"["a","b"]"#.utf8))
        #expect(worker["types"]?.bytes == Array(#"["mail","thumb"]"#.utf8))
        let known = try await rig.submit(#""queue":"a","type":"thumb""#)
        #expect(try await !rig.get("/jobs/\(known)/why").text.contains("no_worker"))
        let unknown = try await rig.submit(#""queue":"a","type":"other""#)
        #expect(try await rig.get("/jobs/\(unknown)/why").text.contains("no_worker"))
    }

    @Test("a worker that only extends stays known, on any node")
    func busy() async throws {
        let store = rig.store
        let workers = ForeignWorkers(store: store)
        await workers.isBusy("py", silence: .seconds(10))
        #expect(try await store.workers().isEmpty)
        await ForeignWorkers(store: store).asked(
            WorkerNotice(worker: "py", queues: ["q"], types: nil), silence: .seconds(1))
        let other = ForeignWorkers(store: store)
        await other.isBusy("py", silence: .seconds(3600))
        #expect(try await store.workers().map(\.worker) == ["py"])
    }

    @Test("large payloads come in several replies, none is held back for good")
    func large() async throws {
        let payload = #"{"a":"\#(String(repeating: "a", count: 1_000_000))"}"#
        for _ in 0..<10 { #expect(try await rig.post("/jobs", #"{"payload":\#(payload)}"#).status == 202) }
        var got: [Int] = []
        while got.reduce(0, +) < 10 { got.append(try await lease(#"{"limit":100}"#).rows("leases").count) }
        #expect(got == [8, 2])
    }

    @Test(
        "what is wrong is 422 under its path",
        arguments: [
            (#"{"queues":[]}"#, "queues"), (#"{"queues":"a"}"#, "queues"), (#"{"queues":["a b"]}"#, "queues[0]"),
            (#"{"types":[]}"#, "types"), (#"{"types":["a",5]}"#, "types[1]"), (#"{"types":"a"}"#, "types"),
            (#"{"limit":0}"#, "limit"), (#"{"limit":101}"#, "limit"), (#"{"limit":1.5}"#, "limit"),
            (#"{"lease":4}"#, "lease"), (#"{"lease":3601}"#, "lease"), (#"{"wait":31}"#, "wait"),
            (#"{"wait":-1}"#, "wait"), (#"{"worker":"a#b"}"#, "worker"), (#"{"worker":""}"#, "worker"),
            (#"{"kind":1}"#, "kind"),
        ])
    func refusals(body: String, path: String) async throws {
        let reply = try await lease(body)
        #expect(reply.status == 422, "\(reply.text)")
        #expect(try reply.string("error") == "Invalid lease" && reply.paths() == [path])
    }

    @Test(
        "a report that is wrong changes nothing",
        arguments: [
            ("extend", #"{"lease":1}"#), ("extend", #"{"for":10}"#), ("progress", #"{"progress":2}"#),
            ("progress", #"{"progress":"half"}"#), ("progress", #"{"log":[1]}"#), ("fail", #"{"error":5}"#),
            ("fail", #"{"retry":-1}"#), ("fail", #"{"retry":"soon"}"#), ("release", #"{"delay":1e300}"#),
            ("complete", #"{"value":1}"#),
            ("progress", #"{"progress":{"a":"\#(String(repeating: "x", count: 1100))"}}"#),
        ])
    func reports(verb: String, body: String) async throws {
        let id = try await rig.submit()
        let path = try await path()
        let reply = try await rig.post("\(path)/\(verb)", body)
        #expect(reply.status == 422, "\(reply.text)")
        #expect(try await rig.job(id).state == .running)
        #expect(try await rig.post("\(path)/complete", #"{"result":null}"#).status == 200)
    }

    @Test("a result of the largest size is taken, one byte more is not")
    func resultSize() async throws {
        let id = try await rig.submit()
        let path = try await path()
        let result = "\"\(String(repeating: "r", count: JobLimits.resultBytes - 2))\""
        #expect(try await rig.post("\(path)/complete", #"{"result":\#(result.dropLast())r"}"#).status == 422)
        #expect(try await rig.post("\(path)/complete", #"{"result":\#(result)}"#).status == 200)
        #expect(try await rig.job(id).result?.count == JobLimits.resultBytes)
    }

    @Test("a worker is told what its job waited for, with the results")
    func parents() async throws {
        let first = try await rig.submit(#""type":"first""#)
        let second = try await rig.submit(#""type":"second""#)
        let child = try await rig.submit(#""type":"child","depends_on":["\#(second)","\#(first)"]"#)
        _ = try await rig.post("\(path(#"{"types":["first"]}"#))/complete", #"{"result":{"n": 1}}"#)
        _ = try await rig.post("\(path(#"{"types":["second"]}"#))/complete", #"{"result":[2]}"#)
        #expect(try await rig.store.promoteDue(limit: 10, wait: .zero) == 1)
        let text = try await lease(#"{"types":["child"]}"#).text
        #expect(text.contains(child.description))
        #expect(
            text.contains(
                #""parents":[{"id":"\#(second)","type":"second","status":"done","result":[2]},"#
                    + #"{"id":"\#(first)","type":"first","status":"done","result":{"n": 1}}]"#))
        _ = try await rig.submit(#""type":"alone""#)
        #expect(try await lease(#"{"types":["alone"]}"#).text.contains(#""parents":[]"#))
    }

    @Test("results that a reply has no room for are left out, and said to be")
    func parentsTooLong() async throws {
        let result = Array("\"\(String(repeating: "r", count: JobLimits.resultBytes - 2))\"".utf8)
        let fitting = LeaseLimits.replyBytes / JobLimits.resultBytes - 1
        var parents: [JobID] = []
        for _ in 0..<fitting + 3 {
            parents.append(try await rig.submit(#""type":"parent""#))
            let claim = try await rig.claim()
            _ = try await rig.store.settle(claim.ticket, .succeeded(result: result))
        }
        let named = parents.map { #""\#($0)""# }.joined(separator: ",")
        _ = try await rig.submit(#""type":"child","depends_on":[\#(named)]"#)
        let lease = try #require(try await lease(#"{"types":["child"]}"#).rows("leases").first)
        let list = try #require(lease["job"]?.object?["parents"]?.bytes)
        let told = try JSONScanner.parseArray(list, maximumDepth: 40).compactMap(\.object)
        #expect(told.map { $0["id"]?.string } == parents.map(\.description))
        let isLeftOut = told.map { $0["result_left_out"]?.bool ?? false }
        #expect(isLeftOut.filter { $0 }.count >= 2 && !isLeftOut[0] && isLeftOut[fitting + 2])
        #expect(told.allSatisfy { $0["status"]?.string == "done" })
    }

    @Test("a store that does not answer is told in a worker's words")
    func outage() async throws {
        let rig = APIRig(store: FailingStore(code: .unavailable))
        #expect(try await rig.post("/leases", "{}").status == 503)
        #expect(try await rig.post("/leases/abc/complete", "{}").status == 503)
    }
}
