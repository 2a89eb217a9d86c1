import RoostJobs

extension Schemas {
    /// Tokens and what is done with them.
    static let access: Named = [
        "NewToken": [
            "oneOf": [
                .envelope([
                    "name!": .name, "scopes!": scopes.with([("minItems", 1), ("uniqueItems", true)]),
                    "expires_in": .seconds(from: 1), "rate": .ref("TokenRate"), "quota": most, "tenant": .name,
                ]),
                .envelope([
                    "name!": .name, "role!": .words(AccessRole.allCases.map(\.rawValue)),
                    "expires_in": .seconds(from: 1), "rate": .ref("TokenRate"), "quota": most, "tenant": .name,
                ]),
            ]
        ],
        "TokenRate": [
            "oneOf": [
                ["type": "string", "pattern": "^[1-9][0-9]{0,3}/[smhd]$", "examples": ["100/m", "10/s"]],
                .envelope(["count!": most, "period!": .whole(1...86_400)]),
            ]
        ],
        "Token": .reply(token),
        "TokenMade": .reply(token).with([("description", "With the token itself: it is not told again")]),
        "Caller": .reply([
            "name!": .text, "id!": .optional(.text), "scopes!": scopes, "via!": .words(["none", "token", "session"]),
            "auth!": .words(["required", "off"]), "expires_at!": .optional(.moment), "tenant!": .optional(.text),
        ]),
        "AuditEntry": .reply([
            "id!": .count, "at!": .moment, "action!": .text, "who!": .text, "token!": .optional(.text),
            "route!": .optional(.text), "target!": .optional(.text), "status!": .count,
            "request_id!": .optional(.text), "remote!": .optional(.text), "forwarded_for!": .optional(.text),
            "member!": .text, "omitted": .count,
        ]),
    ]

    private static let most: JSONValue = .whole(1...TokenOrder.most)
    private static let scopes: JSONValue = .list(.words(Scope.grantable.map(\.rawValue)))

    private static let token: KeyValuePairs<String, JSONValue> = [
        "id!": .text, "name!": .text, "scopes!": scopes, "created_at!": .moment, "created_by!": .optional(.text),
        "expires_at!": .optional(.moment), "rate!": .optional(.ref("Rate")), "quota!": .optional(.count),
        "tenant!": .optional(.text), "token": .text,
    ]
}
