import Crypto
import HTTPTypes

/// The document as one page of HTML: no script, nothing from elsewhere.
struct DocumentPage {
    let text: String
    /// What a browser may load for it: its own style, known by its hash.
    let policy: String

    init(_ document: OpenAPIDocument) {
        let digest = Self.base64(Array(SHA256.hash(data: Array(Self.style.utf8))))
        policy =
            "default-src 'none'; style-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        var html = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Roost \(Self.escaped(document.version)): the API</title><style>\(Self.style)</style></head><body>
            <h1>Roost <small>\(Self.escaped(document.version))</small></h1>
            <p>The same for programs: <a href="openapi.json">openapi.json</a></p>

            """
        for tag in Operation.Tag.allCases {
            let entries = document.entries.filter { $0.operation.tag == tag }
            if entries.isEmpty { continue }
            html += "<h2 id=\"\(tag.rawValue)\">\(Self.escaped(tag.title))</h2>\n"
            for entry in entries { html += Self.section(entry) }
        }
        html += "<h2 id=\"schemas\">Schemas</h2>\n"
        for (name, schema) in Schemas.all {
            html += Self.details("<code>\(name)</code>", "<pre>\(Self.escaped(schema.lines()))</pre>", id: name)
        }
        text = html + "</body></html>\n"
    }

    private static func section(_ entry: OpenAPIDocument.Entry) -> String {
        let operation = entry.operation
        let path = escaped(OpenAPIDocument.template(entry.path))
        var body = ""
        if entry.scope != .open { body += "<p>For callers with the scope <code>\(entry.scope.rawValue)</code></p>\n" }
        if let text = operation.text { body += "<p>\(escaped(text))</p>\n" }
        if !operation.parameters.isEmpty {
            body += table(operation.parameters.map { [$0.name, $0.place.rawValue, $0.text] })
        }
        if let request = operation.body {
            body +=
                "<p>Body\(request.isRequired ? "" : ", which may be left out"):</p><pre>\(escaped(request.schema.lines()))</pre>"
        }
        body += table(entry.replies.map { [String($0.status), $0.text, $0.schema.map { $0.lines() } ?? ""] })
        return details(
            "<b class=\"\(entry.method.rawValue)\">\(entry.method.rawValue)</b> <code>\(path)</code> \(escaped(operation.summary))",
            body, id: operation.id)
    }

    private static func details(_ summary: String, _ body: String, id: String) -> String {
        "<details id=\"\(id)\"><summary>\(summary)</summary>\n\(body)</details>\n"
    }

    private static func table(_ rows: [[String]]) -> String {
        let lines = rows.map { row in
            "<tr>"
                + row.enumerated().map { $0 == 0 ? "<td><code>\(escaped($1))</code></td>" : "<td>\(escaped($1))</td>" }
                .joined() + "</tr>\n"
        }
        return "<table>\n\(lines.joined())</table>\n"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let style = """
        :root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
        h1 small{font-weight:400;opacity:.6}details{border-top:1px solid #8884;padding:.4rem 0}summary{cursor:pointer}
        code,pre,b{font-family:ui-monospace,monospace;font-size:13px}pre{overflow:auto;background:#8881;padding:.6rem}
        table{border-collapse:collapse}td{padding:.1rem .8rem .1rem 0;vertical-align:top}b{display:inline-block;min-width:4.2em}
        .GET{color:#0a7}.POST{color:#06c}.PUT,.PATCH{color:#a60}.DELETE{color:#c22}
        """
}
