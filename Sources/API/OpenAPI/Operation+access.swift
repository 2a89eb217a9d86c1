extension Operation {
    private static let token = Parameter.path("id", "The token's id", .text(pattern: "^[a-z2-7]{16}$"))

    static let whoAmI = Operation(
        id: "whoAmI", tag: .access, summary: "Ask who one is",
        text: "The caller as this node knows it: the name of its token and what it may do.",
        responses: [.ok("This one", .ref("Caller")), .fault(401, "There is no token, or it is not valid")])
    static let logIn = Operation(
        id: "logIn", tag: .access, summary: "Begin a session in a browser",
        text: "Sets the cookie `roost_session`. A request with it that changes something must come from a page of this "
            + "origin, as Origin or Sec-Fetch-Site tell.",
        body: Body(schema: .envelope(["token!": .text])),
        responses: [
            Reply(
                status: 200, text: "The caller", schema: .ref("Caller"),
                headers: [.init(name: "Set-Cookie", text: "The session, where tokens are asked for")]),
            .malformed, .fault(401, "The token is not valid"), .foreign, .tooSlow, .tooLarge, .invalid,
            .fault(429, "Too many tokens were wrong"),
        ])
    static let logOut = Operation(
        id: "logOut", tag: .access, summary: "End the session",
        text: "The token holds on: revoke it to end all of its.",
        responses: [
            Reply(status: 204, text: "It is over", headers: [.init(name: "Set-Cookie", text: "Takes the cookie away")]),
            .foreign,
        ])
    static let listTokens = Operation(
        id: "listTokens", tag: .access, summary: "List tokens, the oldest first",
        responses: [.ok("Without their secrets, which are not kept", .list(.ref("Token")))])
    static let makeToken = Operation(
        id: "makeToken", tag: .access, summary: "Make a token",
        text: "The token is in this reply and nowhere else. Other nodes know it when it is first used.",
        body: Body(schema: .ref("NewToken")),
        responses: [
            Reply(status: 201, text: "It holds now", schema: .ref("TokenMade"), headers: [.location]),
            .malformed, .tooSlow, .tooLarge, .invalid,
        ])
    static let revokeToken = Operation(
        id: "revokeToken", tag: .access, summary: "Revoke a token",
        text: "It holds on this node no longer, and on others for five seconds at most.", parameters: [token],
        responses: [.deleted, .notFound])
    static let listAudit = Operation(
        id: "listAudit", tag: .access, summary: "List who did what, the newest first",
        parameters: [
            .query("before", "Only entries older than the one of this id", ["type": "integer", "minimum": 1]),
            .query(
                "limit", "How many; more than 200 are 200", ["type": "integer", "minimum": 1, "default": 50]),
        ],
        responses: [.ok("A page", .list(.ref("AuditEntry")), [.older]), .fault(400, "The query is wrong")])
}

extension Operation.Reply {
    static let foreign = fault(403, "A page of another site may not do this")
}

extension Operation.Header {
    static let older = Self(name: "Link", text: "The next page, where there may be one (RFC 8288)")
}

extension Operation {
    /// What every request to a route with this scope may get beside the operation's own replies.
    static func denials(_ scope: Scope, changes: Bool) -> [Reply] {
        guard scope != .open else { return changes ? [.foreign] : [] }
        let challenge = Header(name: "WWW-Authenticate", text: "What is missing (RFC 6750)")
        return [
            Reply(
                status: 401, text: "There is no token, or it is not valid", schema: .ref("Error"), headers: [challenge]),
            Reply(
                status: 403, text: "The token may not do this, or it is a page of another site", schema: .ref("Error"),
                headers: [challenge]),
            Reply(
                status: 429, text: "More requests than the token may send", schema: .ref("Error"),
                headers: [.retryAfter, .init(name: "RateLimit", text: "What is left (IETF draft)")]),
        ]
    }
}
