import RoostJobs

/// A request to an API's node, as a path and a body.
public struct APICall: Sendable, Equatable {
    /// What is done.
    public enum Method: String, Sendable { case get = "GET", post = "POST", delete = "DELETE" }

    /// What is done.
    public var method: Method
    /// Path and query, escaped; from `/` on.
    public var path: String
    /// JSON, or nothing.
    public var body: [UInt8]?

    /// A request; without a body unless it is set.
    public init(_ method: Method, _ path: String, body: [UInt8]? = nil) {
        self.method = method
        self.path = path
        self.body = body
    }

    /// Any text as a part of a path or a query.
    static func escaped(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What an API answered.
public struct APIAnswer: Sendable, Equatable {
    /// The status code.
    public var status: Int
    /// The body.
    public var body: [UInt8]
    /// `X-Total-Count`, where it was given.
    public var total: Int?

    /// Joins the parts.
    public init(status: Int, body: [UInt8], total: Int? = nil) {
        self.status = status
        self.body = body
        self.total = total
    }

    /// The body as an object, if it is one.
    var object: JSONObject? { try? JSONScanner.parseObject(body, maximumDepth: APIFault.depth) }

    /// The objects of the body, which must be an array.
    var rows: [JSONObject] {
        get throws(APIFault) {
            do throws(JSONFault) {
                return try JSONScanner.parseArray(body, maximumDepth: APIFault.depth).compactMap(\.object)
            } catch {
                throw APIFault(description: "the API answers something else")
            }
        }
    }

    /// The answer; throws what it says when it is a refusal.
    func checked() throws(APIFault) -> APIAnswer {
        guard status >= 400 else { return self }
        throw APIFault(description: object?["error"]?.string.map { String($0.prefix(300)) } ?? "HTTP \(status)")
    }
}

/// Why an API did not do what it was asked to, for the person at the screen.
public struct APIFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The reason.
    public let description: String

    /// A fault.
    public init(description: String) { self.description = description }

    /// How deep a reply nests: a payload, and what stands around it.
    static let depth = JobLimits.depth + 8
}

/// Sends a request and waits for the answer some seconds at most. Throws what is shown to the operator as it describes
/// itself when there is none.
public typealias APITransport = @Sendable (APICall) async throws -> APIAnswer
