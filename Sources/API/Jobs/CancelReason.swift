import HummingbirdCore
import RoostJobs

/// `{"reason":…}`, which may be left out with the body.
struct CancelReason {
    let text: String

    init(_ request: Request, _ configuration: APIConfiguration) async throws {
        let bytes = try await request.bytes(
            upTo: configuration.maximumBodyBytes, within: configuration.bodyDeadline)
        text = try Self.read(bytes, limit: configuration.maximumIssues)
    }

    private static func read(_ bytes: [UInt8], limit: Int) throws(APIError) -> String {
        let standard = "cancelled by request"
        guard !bytes.isEmpty else { return standard }
        var reader = FieldReader(limit: limit)
        var reason: String?
        for (key, value) in try JSONObject.parse(body: bytes).members where value.kind != .null {
            if key == "reason" {
                reason = reader.string(value, key)
            } else {
                reader.add(key, "is not a field of a cancel")
            }
        }
        guard reader.issues.isEmpty else { throw APIError.invalid(reader.issues, "Invalid cancel") }
        return ErrorText.cut(reason ?? standard)
    }
}
