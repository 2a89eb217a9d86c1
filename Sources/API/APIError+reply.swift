import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import RoostJobs

extension APIError {
    /// The reply: `{"error":…}`, or problem details (RFC 9457) for a client that accepts them.
    func response(to request: Request) -> Response {
        let accept = request.headers[.accept]?.lowercased() ?? ""
        let isProblem = accept.contains("application/problem+json")
        var json = JSONWriter()
        json.object { json in
            if isProblem {
                json.field("type", "about:blank")
                json.field("title", status.reasonPhrase)
                json.field("status", status.code)
                json.field("detail", message)
            } else {
                json.field(key, message)
            }
            if let jobID { json.field("job_id", jobID.description) }
            if !issues.isEmpty {
                json.key("issues")
                json.write(issues: issues)
            }
        }
        var response = Response(
            status: status, json: json, type: isProblem ? "application/problem+json" : "application/json")
        response.headers.append(contentsOf: headers)
        if closesConnection { response.headers[.connection] = "close" }
        return response
    }
}

extension Response {
    /// A JSON reply.
    init(status: HTTPResponse.Status = .ok, json: consuming JSONWriter, type: String = "application/json") {
        self.init(status: status, json: json.finish(), type: type)
    }

    /// The same of JSON that is written already.
    init(status: HTTPResponse.Status = .ok, json: ByteBuffer, type: String = "application/json") {
        self.init(status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: json))
    }
}
