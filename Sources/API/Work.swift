import Crypto
import HTTPTypes
import RoostJobs

/// What a client of the façade sent.
struct Work {
    /// The job's payload: `{"data":…}` with the data's own bytes.
    let payload: [UInt8]
    /// 32 upper-case hexadecimal digits: the MD5 of the data, a name for looking it up, not a secret. Where callers have
    /// tokens, 128 bits that only the caller's can make of it: the same data of two callers is two works.
    let callback: String
    private let data: JSONSlice

    /// Reads a body; throws 400 without data and 422 for members that mean nothing here.
    init(_ body: JSONObject, from caller: Caller) throws(APIError) {
        guard let data = body["data"], data.kind != .null else { throw APIError(.badRequest, "Missing 'data' field") }
        let issues = body.members.filter { $0.key != "data" }.prefix(20).map { member in
            NewJob.Issue(path: String(member.key.unicodeScalars.prefix(100)), message: "is not a field of a work")
        }
        guard issues.isEmpty else { throw .invalid(issues) }
        self.data = data
        payload = Array("{\"data\":".utf8) + data.bytes + [UInt8(ascii: "}")]
        let hashed = data.string.map { Array($0.utf8) } ?? data.bytes
        callback = Self.hex(caller.mark(of: hashed) ?? Array(Insecure.MD5.hash(data: hashed)))
    }

    /// Whether a stored payload is this data: the same bytes, or the same text however it was escaped.
    func isSame(asPayload other: [UInt8]) -> Bool {
        if payload == other { return true }
        guard let text = data.string, let object = try? JSONScanner.parseObject(other) else { return false }
        return object["data"]?.string.map { $0.utf8.elementsEqual(text.utf8) } ?? false
    }

    /// The unique key of a callback.
    static func key(_ callback: String) -> String { JobEnvelope.reservedKeys + callback }

    /// The unique key of what may be a callback, in either case; nil when it cannot be one.
    static func key(parsing text: String) -> String? {
        guard text.utf8.count == 32, text.utf8.allSatisfy({ isHex($0) }) else { return nil }
        return key(text.uppercased())
    }

    /// A state in the façade's words.
    static func status(_ state: JobState) -> String {
        switch state {
        case .scheduled, .queued: "pending"
        case .running: "working"
        case .done: "worked"
        case .failed: "failed"
        case .cancelled: "cancelled"
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
