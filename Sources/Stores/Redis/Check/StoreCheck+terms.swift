import RoostJobs
import RoostRedis

extension StoreCheck {
    /// Words in one script.
    private static let words = 100

    /// Looks whether the jobs of each of the keys of words are there and have them; other keys are passed over.
    mutating func lookAtTerms(_ keys: [String]) async throws(StoreError) {
        var words = keys.filter { $0.hasPrefix("t:") }.map { String($0.dropFirst(2)) }[...]
        while !words.isEmpty {
            let reply = try await evaluate(
                CheckTermsScript.script, [repair ? "1" : "0", "all"] + words.prefix(Self.words))
            words = words.dropFirst(Self.words)
            find(reply.elements?.first)
            for word in reply.elements?.dropFirst().compactMap(\.text) ?? [] { try await lookAt(word) }
        }
    }

    /// Looks at a word that many jobs have.
    private mutating func lookAt(_ word: String) async throws(StoreError) {
        var cursor = "0"
        repeat {
            let (members, next) = try await scanned("ZSCAN", "t:" + word, cursor)
            var ids = members.map(\.name)[...]
            while !ids.isEmpty {
                let reply = try await evaluate(
                    CheckTermsScript.script, [repair ? "1" : "0", "some", word] + ids.prefix(Self.window))
                ids = ids.dropFirst(Self.window)
                find(reply.elements?.first)
            }
            cursor = next
        } while cursor != "0"
    }
}
