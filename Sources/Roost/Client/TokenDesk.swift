import FoundationEssentials
import NIOPosix
import RoostAPI
import RoostJobs

/// Makes, lists and revokes tokens: in a store that it opens, before there is an API or without one; else through the API.
enum TokenDesk {
    case api(APIClient)
    case store(TokenVault)

    /// Opens what the flags name for the time of a call.
    static func with<Result>(
        _ flags: StoreFlags, _ client: ClientOptions, mayMakeFile: Bool = false,
        _ body: (TokenDesk) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        guard flags.isGiven(client) else { return try await body(.api(APIClient(options: client))) }
        let settings = try await flags.settings()
        switch settings.store {
        case .memory:
            throw Failure(.usage, "a store in memory ends with its process: its tokens are made through the API")
        case .sqlite(let path) where !mayMakeFile && !FileManager.default.fileExists(atPath: path):
            throw Failure(.notFound, "there is no file \(path) (--store)")
        default: break
        }
        let backend = try await Backend.open(
            settings, group: MultiThreadedEventLoopGroup.singleton, logger: LoggingSetup.logger(settings))
        do throws(Failure) {
            let result = try await body(.store(TokenVault(backend.store)))
            await backend.close()
            return result
        } catch {
            await backend.close()
            throw error
        }
    }

    /// Makes a token; its reply as the API has it.
    func make(_ order: TokenOrder) async throws(Failure) -> JSONObject {
        if let issue = order.issues.first { throw Failure(.usage, "--\(issue.path) \(issue.message)") }
        switch self {
        case .api(let api): return try Self.object(try await api.post("/tokens", order.request).checked())
        case .store(let vault):
            let made = try await told { () throws(StoreError) in try await vault.make(order) }
            return try Self.object(made.record.document(token: made.token))
        }
    }

    /// All tokens, as the API lists them.
    func list() async throws(Failure) -> [JSONObject] {
        switch self {
        case .api(let api): return try JSONArray.objects(try await api.get("/tokens").checked().body)
        case .store(let vault):
            let records = try await told { () throws(StoreError) in try await vault.records() }
            var objects: [JSONObject] = []
            for record in records { objects.append(try Self.object(record.document())) }
            return objects
        }
    }

    /// Takes a token away.
    func revoke(_ id: String) async throws(Failure) {
        guard AccessToken.isID(id) else {
            throw Failure(
                .usage, "\(id.debugDescription) is no id of a token: 16 characters, as `roost token list` shows")
        }
        switch self {
        case .api(let api): _ = try await api.delete("/tokens/\(id)").checked()
        case .store(let vault):
            guard try await told({ () throws(StoreError) in try await vault.revoke(id) }) else {
                throw Failure(.notFound, "Token not found")
            }
        }
    }

    private func told<Value>(_ call: () async throws(StoreError) -> Value) async throws(Failure) -> Value {
        do throws(StoreError) { return try await call() } catch { throw Failure(.unavailable, error.message) }
    }

    private static func object(_ reply: APIClient.Reply) throws(Failure) -> JSONObject { try object(reply.body) }

    private static func object(_ bytes: [UInt8]) throws(Failure) -> JSONObject {
        guard let object = try? JSONScanner.parseObject(bytes, maximumDepth: 64) else {
            throw Failure(.software, "unexpected reply")
        }
        return object
    }
}

extension TokenOrder {
    /// As the API takes it.
    fileprivate var request: [UInt8] {
        var body = JSONMembers()
        body.add("name", name)
        body.add("scopes", Scope.grantable.filter(scopes.contains).map(\.rawValue))
        body.add("expires_in", lifetime.map { Int($0.components.seconds) })
        if let rate {
            var limit = JSONMembers()
            limit.add("count", rate.count)
            limit.add("period", Int(rate.period.components.seconds))
            body.add("rate", limit)
        }
        body.add("quota", quota)
        body.add("tenant", tenant)
        return body.bytes
    }
}
