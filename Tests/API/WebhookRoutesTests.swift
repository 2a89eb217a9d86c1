import HTTPTypes
import RoostAPI
import RoostJobs
import RoostWebhooks
import Testing

@Suite struct WebhookRoutesTests {
    private let rig = APIRig()

    private var book: WebhookBook { WebhookBook(store: rig.store, rules: rig.configuration.webhooks) }

    private func add(_ members: String = "") async throws -> Reply {
        let reply = try await rig.post(
            "/webhooks", #"{"url":"https://hooks.example.org/in"\#(members.isEmpty ? "" : ",")\#(members)}"#)
        #expect(reply.status == 201, "\(reply.text)")
        return reply
    }

    private func id(_ reply: Reply) throws -> String { try #require(try reply.string("id")) }

    @Test("a webhook is made, shown without its secret, changed and deleted")
    func life() async throws {
        let made = try await add(#""note":"ours","events":["job.failed"],"types":["mail"],"queues":["q"],"tags":["a"]"#)
        let id = try id(made)
        #expect(try made.header("Location") == "/webhooks/\(id)" && made.header("Cache-Control") == "no-store")
        let secret = try #require(try made.string("secret").flatMap { WebhookSecret($0) })
        for reply in [try await rig.get("/webhooks/\(id)"), try await rig.get("/webhooks")] {
            #expect(reply.status == 200 && reply.text.contains(id))
            #expect(!reply.text.contains("whsec_") && !reply.text.contains("\"secret\""))
        }
        let stored = try #require(try await book.all().first)
        #expect(stored.secrets.current == secret && stored.note == "ours" && stored.isEnabled)
        #expect(stored.filter == WebhookFilter(events: [.failed], types: ["mail"], queues: ["q"], tags: ["a"]))

        let changed = try await rig.send(.patch, "/webhooks/\(id)", #"{"enabled":false,"types":[],"events":[]}"#)
        #expect(changed.status == 200, "\(changed.text)")
        #expect(try changed.raw("enabled") == "false" && changed.raw("types") == "[]")
        #expect(try changed.raw("events") == #"["job.done","job.failed","job.cancelled"]"#)
        #expect(try changed.raw("queues") == #"["q"]"# && changed.string("secret") == nil)

        #expect(try await rig.send(.delete, "/webhooks/\(id)").status == 204)
        #expect(try await rig.send(.delete, "/webhooks/\(id)").status == 404)
        #expect(try await rig.get("/webhooks").text == "[]")
    }

    @Test("a rotation shows the new secret once and keeps the old one for a day")
    func rotation() async throws {
        let made = try await add()
        let id = try id(made)
        let rotated = try await rig.send(.patch, "/webhooks/\(id)", #"{"rotate_secret":true}"#)
        let new = try #require(try rotated.string("secret"))
        #expect(try new != made.string("secret") && rotated.header("Cache-Control") == "no-store")
        let stored = try #require(try await book.all().first)
        #expect(stored.secrets.current.text == new)
        #expect(try stored.secrets.previous?.text == made.string("secret"))
        #expect(try rotated.string("previous_secret_until") == stored.secrets.previousUntil?.rfc3339)
        #expect(try await !rig.get("/webhooks/\(id)").text.contains("whsec_"))
    }

    @Test("a secret made elsewhere is taken when it is one")
    func ownSecret() async throws {
        let secret = WebhookSecret().text
        #expect(try await add(#""secret":"\#(secret)""#).string("secret") == secret)
        let short = try await rig.post("/webhooks", #"{"url":"https://a.org","secret":"whsec_c2hvcnQ="}"#)
        #expect(try short.status == 422 && short.paths() == ["secret"])
    }

    @Test(
        "an address no receiver may have is refused at once, with its reason",
        arguments: [
            "http://example.org/", "https://127.0.0.1/", "https://localhost/", "https://169.254.169.254/latest/",
            "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://2130706433/", "https://0x7f.1/",
            "https://10.0.0.1/", "https://user:pw@example.org/", "ftp://example.org/", "", "example.org",
            "https://example.org:0/", "https://ex\\u0000ample.org/", "https://ex\\nample.org/",
        ])
    func addresses(_ url: String) async throws {
        let reply = try await rig.post("/webhooks", #"{"url":"\#(url)"}"#)
        // NUL is refused by the parser already.
        #expect((400..<500).contains(reply.status), "\(reply.text)")
        if reply.status == 422 { #expect(try reply.paths() == ["url"]) }
        #expect(try await book.all().isEmpty)
    }

    @Test("private receivers are taken where that is allowed, credentials' own addresses are not")
    func allowed() async throws {
        var rig = rig
        rig.configuration.webhooks.allowsPrivate = true
        #expect(try await rig.post("/webhooks", #"{"url":"http://127.0.0.1:9/x"}"#).status == 201)
        #expect(try await rig.post("/webhooks", #"{"url":"http://169.254.169.254/x"}"#).status == 422)
    }

    @Test("everything that is wrong with a webhook is said")
    func issues() async throws {
        let body =
            #"{"url":7,"events":["job.started"],"types":["a b"],"queues":"q","tags":[1],"enabled":"yes","secrets":1,"#
            + #""rotate_secret":true,"note":"\#(String(repeating: "x", count: 201))"}"#
        let reply = try await rig.post("/webhooks", body)
        #expect(reply.status == 422)
        #expect(
            try Set(reply.paths()) == [
                "url", "events[0]", "types[0]", "queues", "tags[0]", "enabled", "secrets", "rotate_secret", "note",
            ])
        #expect(try await rig.post("/webhooks", "{}").paths() == ["url"])
        #expect(try await rig.post("/webhooks", "[]").status == 400)
        for path in ["/webhooks/x", "/webhooks/01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
            #expect(try await rig.get(path).status == 404)
            #expect(try await rig.send(.patch, path, "{}").status == 404)
            #expect(try await rig.send(.delete, path).status == 404)
            #expect(try await rig.send(.post, "\(path)/test").status == 404)
            #expect(try await rig.get("\(path)/deliveries").status == 404)
            #expect(try await rig.send(.post, "\(path)/deliveries/\(path.suffix(26))/redeliver").status == 404)
        }
    }

    @Test("there are only as many webhooks as may be")
    func limit() async throws {
        var rig = rig
        rig.configuration.webhooks.mostWebhooks = 1
        _ = try await rig.post("/webhooks", #"{"url":"https://example.org/"}"#)
        #expect(try await rig.post("/webhooks", #"{"url":"https://example.org/"}"#).status == 409)
    }

    @Test("a test is a job that makes a delivery, and can be sent again")
    func test() async throws {
        let webhook = try id(try await add())
        let reply = try await rig.send(.post, "/webhooks/\(webhook)/test")
        let delivery = try #require(try reply.string("job_id"))
        #expect(try reply.status == 202 && reply.header("Location") == "/jobs/\(delivery)")
        let claim = try await rig.claim(DeliveryOrder.queue)
        let order = try #require(DeliveryOrder(payload: claim.job.payload))
        #expect(claim.job.id.description == delivery && order.message == "msg_\(delivery)" && order.isForced)

        let again = try await rig.send(.post, "/webhooks/\(webhook)/deliveries/\(delivery)/redeliver")
        #expect(again.status == 202, "\(again.text)")
        let second = try await rig.claim(DeliveryOrder.queue)
        #expect(second.job.id != claim.job.id && DeliveryOrder(payload: second.job.payload) == order)

        // Of another webhook, or no delivery at all.
        let other = try id(try await add())
        #expect(try await rig.send(.post, "/webhooks/\(other)/deliveries/\(delivery)/redeliver").status == 404)
        let job = try await rig.submit()
        #expect(try await rig.send(.post, "/webhooks/\(webhook)/deliveries/\(job)/redeliver").status == 404)
    }

    @Test("the log of deliveries is shown page by page, newest first")
    func deliveries() async throws {
        let webhook = try id(try await add())
        #expect(try await rig.get("/webhooks/\(webhook)/deliveries").text == "[]")
        for number in 1...5 {
            let entry = #"{"delivery":"D\#(number)","event":"job.done","attempt":1,"status":200,"ms":1500}"#
            try await rig.store.append(Array(entry.utf8), to: "webhook-\(webhook)", keeping: 10)
        }
        try await rig.store.append(Array("?".utf8), to: "webhook-\(webhook)", keeping: 10)
        let first = try await rig.get("/webhooks/\(webhook)/deliveries?per_page=4")
        #expect(try first.rows().compactMap { $0["delivery"]?.string } == ["D5", "D4", "D3"])
        #expect(try first.rows().first?["duration"]?.double == 1.5 && first.rows().first?["status"]?.int == 200)
        let page = try await rig.get("/webhooks/\(webhook)/deliveries?per_page=2")
        let link = try #require(try page.header("Link")?.split(separator: ">").first?.dropFirst())
        #expect(try await rig.get(String(link)).rows().first?["delivery"]?.string == "D4")
        for wrong in ["before=x", "before=-1", "before=%2B1", "per_page=0", "before=99999999999999999999"] {
            #expect(try await rig.get("/webhooks/\(webhook)/deliveries?\(wrong)").status == 400, "\(wrong)")
        }
    }

    @Test("nobody gives jobs that only Roost may make")
    func reserved() async throws {
        for member in [#""type":"roost.webhook""#, #""queue":"roost.webhooks""#, #""type":"roost.anything""#] {
            let reply = try await rig.post("/jobs", #"{"payload":{},\#(member)}"#)
            #expect(reply.status == 422, "\(member)")
        }
        #expect(try await rig.post("/jobs", #"{"payload":{},"type":"roosting"}"#).status == 202)
    }
}
