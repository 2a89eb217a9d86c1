import RoostJobs
import Synchronization

/// The tokens as this process knows them: the store is asked every few seconds, not for each request.
///
/// All tokens are held, so that an unknown id is answered like a known one and costs the store nothing.
final class TokenDirectory: Sendable {
    private struct State {
        var freshness: TokenFreshness
        var records: [String: TokenRecord] = [:]
        /// What the records were read from: unchanged ones are not read again.
        var bodies: [String: [UInt8]] = [:]
        var loading: Task<Void, Never>?
        /// Counts what this process changed: an answer from before it is not believed.
        var changes = 0
    }

    /// The store does not answer, and what is held is too old.
    struct Unavailable: Error {}

    private let store: any DocumentStore
    private let state: Mutex<State>
    private let clock = ContinuousClock()

    init(_ store: any DocumentStore, freshness: TokenFreshness = .init()) {
        self.store = store
        state = Mutex(State(freshness: freshness))
    }

    /// The record of a token; nil when there is none.
    func record(_ id: String) async throws(Unavailable) -> TokenRecord? {
        let asked = clock.now
        // Once for an answer that was asked for before, and is too old, and once for one that a change here made so.
        for _ in 0..<3 {
            let (step, record, loading) = look(id, asked: asked)
            switch step {
            case .use, .useAndLoad: return record
            case .load: await loading?.value
            case .unavailable: throw Unavailable()
            }
        }
        throw Unavailable()
    }

    /// A token was made or revoked here: the next request sees it.
    func outdate() {
        state.withLock { state in
            state.changes += 1
            state.freshness.outdate()
            // One that is under way may have asked before.
            state.loading = nil
        }
    }

    private func look(
        _ id: String, asked: ContinuousClock.Instant
    ) -> (step: TokenFreshness.Step, record: TokenRecord?, loading: Task<Void, Never>?) {
        let now = clock.now
        return state.withLock { state in
            let record = state.records[id]
            let step = state.freshness.step(now, asked: asked, isMissing: record == nil)
            if step == .load || step == .useAndLoad, state.loading == nil {
                let changes = state.changes
                // One for all requests that need it, whichever of them is cancelled: those that cannot go on without
                // await it, and the store's own deadline ends it.
                state.loading = Task { await load(changes) }
            }
            return (step, record, state.loading)
        }
    }

    private func load(_ changes: Int) async {
        let start = clock.now
        let documents = try? await store.documents(in: TokenVault.collection)
        let now = clock.now
        let known = state.withLock { ($0.bodies, $0.records) }
        var bodies: [String: [UInt8]] = [:]
        var records: [String: TokenRecord] = [:]
        for document in documents ?? [] {
            bodies[document.name] = document.body
            let isSame = known.0[document.name] == document.body
            records[document.name] = isSame ? known.1[document.name] : TokenRecord(document)
        }
        state.withLock { state in
            guard state.changes == changes else { return }
            state.loading = nil
            guard documents != nil else { return state.freshness.failed(at: now) }
            state.freshness.loaded(at: start)
            (state.bodies, state.records) = (bodies, records)
        }
    }
}
