/// Who may use an operation, in the words of OpenAPI.
extension OpenAPIDocument {
    static let schemes: JSONValue = [
        "token": [
            "type": "http", "scheme": "bearer", "bearerFormat": "rst_<id>_<secret>",
            "description": "A token from `roost token create` or POST /tokens",
        ],
        "session": [
            "type": "apiKey", "in": "cookie", "name": .string(SessionCookie.name),
            "description":
                "A browser's session, from POST /login. Requests that change something must come from a page of this origin",
        ],
    ]

    /// Where no token is asked for, one may still be sent: `{}` says that it need not be.
    func security(_ scope: Scope) -> JSONValue {
        guard scope != .open else { return [] }
        let needed: [JSONValue] = [["token": [.string(scope.rawValue)]], ["session": [.string(scope.rawValue)]]]
        return .array(asksForTokens ? needed : [[:]] + needed)
    }
}
