import RoostJobs
import RoostWebhooks
import Testing

@Suite struct WebhookSecretTests {
    @Test("a delivery is signed as Standard Webhooks' own example is")
    func example() throws {
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("a new secret has 256 bits, is never the same, and is read back as it was shown")
    func fresh() throws {
        let secret = WebhookSecret()
        #expect(secret.text.hasPrefix("whsec_") && secret.text.utf8.count == 6 + 44)
        #expect(WebhookSecret(secret.text) == secret)
        #expect(WebhookSecret() != secret)
        #expect(!"\(secret)".contains(secret.text.dropFirst(6)))
    }

    @Test(
        "what is no safe secret is none",
        arguments: [
            "", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_not base 64 at all, is it? no!",
            "whsec_" + String(repeating: "A", count: 4000),
        ])
    func refused(_ text: String) { #expect(WebhookSecret(text) == nil) }

    @Test("for a day after a rotation both secrets sign, then only the new one")
    func rotation() throws {
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        let (old, new) = (WebhookSecret(), WebhookSecret())
        var secrets = WebhookSecrets(current: old)
        secrets.rotate(to: new, now: now)
        let body = Array("{}".utf8)
        func wanted(_ secrets: [WebhookSecret], _ moment: Timestamp) -> String {
            secrets.map { $0.signature(id: "msg_1", timestamp: moment.milliseconds / 1000, body: body) }
                .joined(separator: " ")
        }
        let soon = now.advanced(by: .seconds(86_399))
        #expect(secrets.signatures(id: "msg_1", now: soon, body: body) == wanted([new, old], soon))
        let later = now.advanced(by: .seconds(86_400))
        #expect(secrets.signatures(id: "msg_1", now: later, body: body) == wanted([new], later))
    }
}
