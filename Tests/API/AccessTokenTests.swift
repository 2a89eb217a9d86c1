import RoostJobs
import Testing

@testable import RoostAPI

@Suite("tokens")
struct AccessTokenTests {
    @Test("a token is read back from its text, and shows only its id when it is printed")
    func text() throws {
        let token = AccessToken.make()
        let read = try #require(AccessToken(token.text))
        #expect(read.id == token.id && read.secret == token.secret)
        #expect(token.text.utf8.count == 4 + 16 + 1 + 32)
        for printed in ["\(token)", String(reflecting: token)] {
            #expect(printed == "rst_\(token.id)_…")
        }
        #expect(AccessToken.make().text != token.text)
    }

    @Test("base 32 is that of RFC 4648")
    func base32() {
        for (text, coded) in [("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foobar", "mzxw6ytboi")] {
            #expect(Base32.text(Array(text.utf8)) == coded)
        }
    }

    @Test("what is no token is not read as one")
    func malformed() {
        let token = AccessToken.make()
        for text in [
            "", "rst_", "rst__", token.id, "rst_\(token.id)", "xxx_\(token.id)_\(token.secret)", "\(token.text)a",
            "\(token.text)_", String(token.text.dropLast()), token.text.uppercased(), " \(token.text)",
            "rst_\(token.id)_\(String(token.secret.dropLast()))é", "rst_\(token.secret)_\(token.id)",
        ] {
            #expect(AccessToken(text) == nil, "\(text)")
        }
    }

    @Test("a digest is the same as itself only, wherever a bit differs")
    func digest() throws {
        let digest = SecretDigest(of: "abc")
        // As FIPS 180-4 has it.
        #expect(digest.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let same = try #require(SecretDigest(hex: digest.hex))
        #expect(digest.isSame(as: same))
        for place in [0, 31, 63] {
            var digits = Array(digest.hex.utf8)
            digits[place] = digits[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            let other = try #require(SecretDigest(hex: String(decoding: digits, as: UTF8.self)))
            #expect(!digest.isSame(as: other))
        }
        #expect(!digest.isSame(as: .none))
        #expect(SecretDigest(hex: "ba") == nil && SecretDigest(hex: String(repeating: "é", count: 32)) == nil)
    }

    @Test("a record is kept as JSON, without the secret, and read back whole")
    func record() throws {
        let order = TokenOrder(
            name: "ci", scopes: [.submit, .read], lifetime: .seconds(60),
            rate: RateLimit(count: 5, period: .seconds(10)),
            quota: 7, tenant: "acme")
        #expect(order.issues.isEmpty)
        let token = AccessToken.make()
        let record = TokenRecord(token, order, createdBy: "root", now: .now())
        let body = record.body
        #expect(!String(decoding: body, as: UTF8.self).contains(token.secret))
        let read = try #require(TokenRecord(Document(name: token.id, version: 1, body: body)))
        #expect(read.name == "ci" && read.scopes == [.submit, .read] && read.createdBy == "root")
        #expect(read.createdAt == record.createdAt && read.expiresAt == record.expiresAt)
        #expect(read.rate == order.rate && read.quota == 7 && read.tenant == "acme")
        #expect(read.digest.isSame(as: token.digest))
        #expect(!read.hasEnded(at: record.createdAt))
        #expect(read.hasEnded(at: record.createdAt.advanced(by: .seconds(60))))
    }

    @Test("a document that is damaged lets nobody in")
    func damaged() {
        let id = AccessToken.make().id
        let digest = String(repeating: "a", count: 64)
        for body in [
            "", "[]", "{", #"{"name":"x"}"#,
            #"{"name":"x","sha256":"aa","scopes":[],"created_at":"2026-01-01T00:00:00Z"}"#,
            // An end that nobody understands is not no end.
            #"{"name":"x","sha256":"\#(digest)","scopes":["admin"],"created_at":"2026-01-01T00:00:00Z","expires_at":"soon"}"#,
        ] {
            #expect(TokenRecord(Document(name: id, version: 1, body: Array(body.utf8))) == nil, "\(body)")
        }
        // Scopes of a later version are nothing here.
        let later =
            #"{"name":"x","sha256":"\#(digest)","scopes":["all","read"],"created_at":"2026-01-01T00:00:00Z","more":[1]}"#
        #expect(TokenRecord(Document(name: id, version: 1, body: Array(later.utf8)))?.scopes == [.read])
    }

    @Test("an administrator's token of the environment must be long and mixed")
    func admin() {
        for text in [
            "", "short", String(repeating: "a", count: 64), "0123456789abcdef 0123456789abcdef",
            "é0123456789abcdef0123456789abcdef",
        ] {
            #expect(AdminToken(text) == nil, "\(text)")
        }
        #expect(AdminToken("0123456789abcdef0123456789abcdef") != nil)
        #expect(AdminToken(AccessToken.make().text) != nil)
    }

    @Test("an order says everything that is wrong with it")
    func order() {
        let order = TokenOrder(
            name: "a b", scopes: [], lifetime: .zero, rate: RateLimit(count: 0, period: .milliseconds(1)), quota: 0,
            tenant: "")
        #expect(order.issues.map(\.path) == ["name", "scopes", "expires_in", "rate", "rate", "quota", "tenant"])
        #expect(TokenOrder(name: "a", scopes: [.open]).issues.map(\.path) == ["scopes"])
    }
}
