import HTTPTypes

/// The OpenAPI 3.1 document of a table of routes. The table is the only list there is.
struct OpenAPIDocument: Sendable {
    struct Entry: Sendable {
        let method: HTTPRequest.Method
        /// As the router has it: `/jobs/:id`.
        let path: String
        let operation: Operation
        /// What a caller must be allowed to do.
        let scope: Scope
    }

    let entries: [Entry]
    let version: String
    /// Whether tokens are asked for here.
    let asksForTokens: Bool

    /// The document.
    var json: JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Roost", "version": .string(version),
                "description":
                    "Background jobs over HTTP. Bodies are JSON whatever their Content-Type says; ids are ULIDs; moments are RFC 3339 in UTC. Fields may be added to replies, never removed.",
                "license": ["name": "MIT", "identifier": "MIT"],
            ],
            // Wherever the document comes from.
            "servers": [["url": "/"]],
            "tags": .array(
                Operation.Tag.allCases.map { ["name": .string($0.rawValue), "description": .string($0.title)] }),
            "paths": .object(paths), "components": ["schemas": .object(Schemas.all), "securitySchemes": Self.schemes],
        ]
    }

    private var paths: [(key: String, value: JSONValue)] {
        var order: [String] = []
        var paths: [String: [(key: String, value: JSONValue)]] = [:]
        for entry in entries {
            let path = Self.template(entry.path)
            if paths[path] == nil { order.append(path) }
            paths[path, default: []].append((entry.method.rawValue.lowercased(), json(entry)))
        }
        return order.map { ($0, .object(paths[$0] ?? [])) }
    }

    /// `/jobs/{id}` for `/jobs/:id`.
    static func template(_ path: String) -> String {
        "/"
            + path.split(separator: "/").map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }
            .joined(separator: "/")
    }

    private func json(_ entry: Entry) -> JSONValue {
        let operation = entry.operation
        var members: [(key: String, value: JSONValue)] = [
            ("operationId", .string(operation.id)), ("tags", [.string(operation.tag.rawValue)]),
            ("summary", .string(operation.summary)),
        ]
        if let text = operation.text { members.append(("description", .string(text))) }
        if !operation.parameters.isEmpty {
            members.append(("parameters", .array(operation.parameters.map(Self.json))))
        }
        if let body = operation.body {
            let types = [("application/json", body.schema)] + body.others
            let content = types.map { (key: $0.0, value: ["schema": $0.1] as JSONValue) }
            members.append(("requestBody", ["required": .bool(body.isRequired), "content": .object(content)]))
        }
        members.append(("security", security(entry.scope)))
        members.append(("responses", .object(entry.replies.map { (String($0.status), Self.json($0)) })))
        return .object(members)
    }

    private static func json(_ parameter: Operation.Parameter) -> JSONValue {
        [
            "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
            "required": .bool(parameter.place == .path), "description": .string(parameter.text),
            "schema": parameter.schema,
        ]
    }

    private static func json(_ reply: Operation.Reply) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [("description", .string(reply.text))]
        if !reply.headers.isEmpty {
            let headers = reply.headers.map { header in
                (key: header.name, value: ["description": .string(header.text), "schema": .text] as JSONValue)
            }
            members.append(("headers", .object(headers)))
        }
        if let schema = reply.schema {
            var content: [(key: String, value: JSONValue)] = [(reply.type, ["schema": schema])]
            if reply.status >= 400 { content.append(("application/problem+json", ["schema": .ref("Problem")])) }
            members.append(("content", .object(content)))
        }
        return .object(members)
    }
}

extension OpenAPIDocument.Entry {
    /// The operation's own replies and those every request may get, by status.
    var replies: [Operation.Reply] {
        let own = operation.responses
        let denials = Operation.denials(scope, changes: method != .get)
        return (Operation.everywhere + denials).reduce(into: own) { replies, reply in
            if !replies.contains(where: { $0.status == reply.status }) { replies.append(reply) }
        }.sorted { $0.status < $1.status }
    }
}

extension Operation {
    fileprivate static let everywhere: [Reply] = [
        .fault(400, "The request is not well-formed HTTP"), .fault(408, "The request did not arrive in time"),
        .fault(413, "The body is larger than allowed"), .fault(414, "The path is too long"),
        .fault(431, "The head is too large"), .fault(500, "Something here is broken"),
        .fault(503, "The store does not answer, or this node has too many connections"),
    ]
}
