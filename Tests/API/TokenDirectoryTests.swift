import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import RoostJobs
import Testing

@testable import RoostAPI

@Suite("what a process knows of tokens")
struct TokenDirectoryTests {
    let store = AbsentStore()

    func gate(_ freshness: TokenFreshness = .init()) -> AccessGate {
        var configuration = APIConfiguration(member: "api@h:1")
        configuration.access = .tokens()
        return AccessGate(store: store, configuration: configuration, freshness: freshness)
    }

    func make() async throws -> AccessToken {
        try await TokenVault(store).make(TokenOrder(name: "t", scopes: [.read])).token
    }

    /// What a request with the token is refused with; nil: it is not.
    func refusal(_ gate: AccessGate, _ token: AccessToken) async -> Int? {
        let head = HTTPRequest(
            method: .get, scheme: "http", authority: "h", path: "/",
            headerFields: [.authorization: "Bearer \(token.text)"])
        let request = Request(head: head, body: .init(buffer: ByteBuffer()))
        return await gate.refusal(of: request, needing: .read)?.status.code
    }

    @Test("many requests cost the store one look")
    func one() async throws {
        let (token, gate) = (try await make(), gate())
        await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<100 { group.addTask { await refusal(gate, token) } }
            for await refusal in group { #expect(refusal == nil) }
        }
        #expect(store.lists == 1)
    }

    @Test("guesses do not have the store asked for each")
    func guesses() async throws {
        let gate = gate()
        for _ in 0..<200 { #expect(await refusal(gate, .make()) == 401) }
        // A look for each half second.
        #expect(store.lists < 100)
    }

    @Test("a new token is known at once where it was made, and elsewhere when it is first used")
    func fresh() async throws {
        var freshness = TokenFreshness()
        freshness.missPause = .zero
        let gate = gate(freshness)
        #expect(await refusal(gate, .make()) == 401)
        #expect(await refusal(gate, try make()) == nil)
        freshness.missPause = .seconds(60)
        let own = self.gate(freshness)
        #expect(await refusal(own, .make()) == 401)
        let token = try await make()
        own.directory.outdate()
        #expect(await refusal(own, token) == nil)
    }

    @Test("a revoked token is refused once what is known is too old")
    func revoked() async throws {
        var freshness = TokenFreshness()
        (freshness.age, freshness.ahead) = (.zero, .zero)
        var patience = TokenFreshness()
        (patience.age, patience.ahead, patience.grace) = (.seconds(3600), .seconds(3600), .seconds(7200))
        let (token, strict, lazy) = (try await make(), gate(freshness), gate(patience))
        for gate in [strict, lazy] { #expect(await refusal(gate, token) == nil) }
        #expect(try await TokenVault(store).revoke(token.id))
        #expect(await refusal(strict, token) == 401)
        #expect(await refusal(lazy, token) == nil)
        lazy.directory.outdate()
        #expect(await refusal(lazy, token) == 401)
        #expect(try await !TokenVault(store).revoke(token.id))
        #expect(try await !TokenVault(store).revoke("../x"))
    }

    @Test("while the store is away a known token goes on, an unknown one does not")
    func away() async throws {
        var freshness = TokenFreshness()
        (freshness.age, freshness.ahead, freshness.missPause) = (.zero, .zero, .zero)
        let (token, other, gate) = (try await make(), try await make(), gate(freshness))
        #expect(await refusal(gate, token) == nil)
        store.isAway = true
        #expect(await refusal(gate, token) == nil)
        #expect(await refusal(gate, token) == nil)
        #expect(await refusal(gate, .make()) == 401)
        // Who has never looked knows nobody.
        #expect(await refusal(self.gate(), other) == 503)
    }

    @Test("after the time of grace nobody goes on, until the store is back")
    func over() async throws {
        var freshness = TokenFreshness()
        (freshness.age, freshness.ahead, freshness.grace, freshness.pause) = (.zero, .zero, .zero, .zero)
        let (token, gate) = (try await make(), gate(freshness))
        #expect(await refusal(gate, token) == nil)
        store.isAway = true
        #expect(await refusal(gate, token) == 503)
        store.isAway = false
        #expect(await refusal(gate, token) == nil)
    }

    @Test("a damaged document is passed over")
    func damaged() async throws {
        let (token, other) = (try await make(), AccessToken.make())
        _ = try await store.putDocument(other.id, in: TokenVault.collection, body: Array("{}".utf8), replacing: 0)
        _ = try await store.putDocument("odd", in: TokenVault.collection, body: Array("x".utf8), replacing: 0)
        let gate = gate()
        #expect(await refusal(gate, token) == nil)
        #expect(await refusal(gate, other) == 401)
        #expect(try await TokenVault(store).records().map(\.id) == [token.id])
    }
}
