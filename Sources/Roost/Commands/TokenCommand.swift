import ArgumentParser
import RoostAPI
import RoostJobs

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Who may use the API: make, list and revoke tokens.",
        discussion: """
            The first token is made in the store, before or beside an API that asks for one:
              roost token create --name me --role admin --store redis://127.0.0.1:6379
            A SQLite file must not be in use then. Others are made through the API, with a token that may (ROOST_TOKEN):
              roost token create --name ci --scopes submit --expires 30d --rate 100/1m --quota 10000
            """,
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token; it is printed this once.",
            discussion: "Scopes: submit, read, operate, admin. Roles: viewer (read), operator (all but admin), admin.")
        @Option(help: "Who it is for.") var name: String
        @Option(help: "What it may do, separated by commas.") var scopes: String?
        @Option(help: "viewer, operator or admin, instead of scopes.") var role: String?
        @Option(help: "How long it holds: 30d, 12h; for ever unless given.") var expires: String?
        @Option(help: "Requests in a time: 100/1m, 10/s.") var rate: String?
        @Option(help: "Jobs a day.") var quota: Int?
        @Option(help: "The tenant its jobs belong to.") var tenant: String?
        @OptionGroup var flags: StoreFlags
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let order = try order()
            let token = try await TokenDesk.with(flags, client, mayMakeFile: true) { desk throws(Failure) in
                try await desk.make(order)
            }
            guard let text = token["token"]?.string else { throw Failure(.software, "unexpected reply") }
            if client.json { return Console.print(token.text) }
            // The secret alone on standard output: ROOST_TOKEN=$(roost token create …).
            Console.error("\(TokenText.row(token))\nThis is the only time it is shown:")
            Console.print(text)
        }

        private func order() throws(Failure) -> TokenOrder {
            guard (scopes == nil) != (role == nil) else { throw Failure(.usage, "give either --scopes or --role") }
            var wanted: Set<Scope> = []
            if let role {
                guard let role = AccessRole(rawValue: role) else {
                    throw Failure(.usage, "--role is viewer, operator or admin")
                }
                wanted = role.scopes
            }
            for word in (scopes ?? "").split(separator: ",") {
                guard let scope = Scope(rawValue: String(word)), Scope.grantable.contains(scope) else {
                    throw Failure(.usage, "--scopes: \(word.debugDescription) is none of submit, read, operate, admin")
                }
                wanted.insert(scope)
            }
            var limit: RateLimit?
            if let rate {
                limit = RateLimit(text: rate)
                if limit == nil { throw Failure(.usage, "--rate: a count and a time as 100/1m, 10/s or 1000/h") }
            }
            var lifetime: Duration?
            if let expires { lifetime = try SpanText.duration(expires, "--expires") }
            return TokenOrder(
                name: name, scopes: wanted, lifetime: lifetime, rate: limit, quota: quota, tenant: tenant)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List tokens, the oldest first; never their secrets.")
        @OptionGroup var flags: StoreFlags
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let tokens = try await TokenDesk.with(flags, client) { desk throws(Failure) in try await desk.list() }
            if client.json { return Console.print("[\(tokens.map(\.text).joined(separator: ","))]") }
            for token in tokens { Console.print(TokenText.row(token)) }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a token: within five seconds it holds nowhere.", aliases: ["rm"])
        @Argument(help: "Its id.") var id: String
        @OptionGroup var flags: StoreFlags
        @OptionGroup var client: ClientOptions

        func run() async throws {
            try await TokenDesk.with(flags, client) { desk throws(Failure) in try await desk.revoke(id) }
            Console.error("revoked")
        }
    }
}

extension JSONObject {
    /// The object as JSON again.
    fileprivate var text: String {
        var members = JSONMembers()
        for (key, value) in self.members { members.add(key, json: value.bytes) }
        return String(decoding: members.bytes, as: UTF8.self)
    }
}
