import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import RoostJobs

/// One line of the audit log: who did what. Never a token.
struct AuditEntry: Sendable {
    /// The operation's id, as in the OpenAPI document.
    var action: String
    /// The name of the caller's token, and its id.
    var who: String
    var token: String?
    var route: String?
    /// The job, queue or token it was about.
    var target: String?
    var status = 0
    var requestID: String?
    /// The address the connection came from, and whom a proxy there said it was for, which anybody can say.
    var remote: String?
    var forwarded: String?
    /// How many more there were of it, which were not written.
    var omitted = 0

    init(_ action: String, _ request: Request, _ context: APIRequestContext) {
        self.action = action
        who = context.caller.name
        token = context.caller.token?.id
        requestID = context.requestID(of: request)
        remote = context.peer
        forwarded = request.headers[.forwardedFor]?.split(separator: ",").last.map {
            String(decoding: $0.utf8.drop { $0 == UInt8(ascii: " ") }.prefix(100), as: UTF8.self)
        }
    }

    /// As it is kept. Texts of the outside are cut: an entry stays far below what a log takes.
    func body(member: String) -> [UInt8] {
        func cut(_ text: String?) -> String? { text.map { String($0.unicodeScalars.prefix(300)) } }
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.field("action", action)
            json.field("who", who)
            json.field("token", token)
            json.field("route", route)
            json.field("target", cut(target))
            json.field("status", status)
            json.field("request_id", cut(requestID))
            json.field("remote", remote)
            json.field("forwarded_for", cut(forwarded))
            json.field("member", member)
            if omitted > 0 { json.field("omitted", omitted) }
        }
        return Array(json.buffer.readableBytesView)
    }
}

extension APIRequestContext {
    /// The address at the other end of the connection, without its port.
    var peer: String? { channel.remoteAddress?.ipAddress ?? channel.remoteAddress?.pathname }

    /// What a request is called in logs: the client's own id when it is a plain one, else ours.
    func requestID(of request: Request) -> String? {
        if let id = request.headers[.requestID], (1...64).contains(id.utf8.count),
            id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            return id
        }
        return logger[metadataKey: "hb.request.id"]?.description
    }
}
