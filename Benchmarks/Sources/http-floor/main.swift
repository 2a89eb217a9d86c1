// The least an HTTP server of the same framework can do: reads the same bytes and answers the same bytes as roost's API,
// without looking at them. What the API does beside that is what it costs.
//
//     http-floor PORT FILE
//
// `POST /jobs` and `POST /jobs/bulk` read the body to its end and answer a job's receipt; `GET /jobs/:id` answers the bytes
// of the file, a job as the API shows it.
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

let arguments = CommandLine.arguments
let port = arguments.count > 1 ? Int(arguments[1]) ?? 8080 : 8080
let job = arguments.count > 2 ? try [UInt8](Data(contentsOf: URL(filePath: arguments[2]))) : []
let receipt = ByteBuffer(
    string: #"{"status":"accepted","message":"Job accepted","job_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV"}"#)
let shown = ByteBuffer(bytes: job)

let router = Router()
for path in ["/jobs", "/jobs/bulk"] {
    router.post(RouterPath(path)) { request, _ in
        var count = 0
        for try await piece in request.body { count += piece.readableBytes }
        return Response(
            status: .accepted,
            headers: [
                .contentType: "application/json", .location: "/jobs/01ARZ3NDEKTSV4RRFFQ69G5FAV", .retryAfter: "1",
            ], body: .init(byteBuffer: receipt))
    }
}
router.get("/jobs/:id") { _, _ in
    Response(
        status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-cache"],
        body: .init(byteBuffer: shown))
}
var logger = Logger(label: "http-floor")
logger.logLevel = .error
try await Application(
    router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger
).runService()
