import RoostJobs

extension IngestEntry {
    /// The dead letter of an entry that is no job: its fields as a JSON object, byte for byte.
    func deadLetter(_ configuration: RedisIngestConfiguration) -> NewJob {
        let type = value("type").map { String(decoding: $0, as: UTF8.self) }.flatMap { JobName.isValid($0) ? $0 : nil }
        return NewJob(
            id: JobID(entry: id, of: configuration.stream), type: type ?? "malformed", queue: configuration.queue,
            payload: document)
    }

    /// `{"<name>":"<value>",…}`; a value that is no text is `{"base64":"…"}`, and what no payload holds is cut.
    private var document: [UInt8] {
        var names: Set<[UInt8]> = []
        // The last of several counts, as when the entry is read.
        let members = fields.reversed().filter { names.insert($0.name).inserted }.reversed()
        let whole = Array("{".utf8) + Array(members.map(Self.member).joined(separator: ",".utf8)) + Array("}".utf8)
        guard whole.count > JobLimits.payloadBytes else { return whole }
        let start = Self.base64(whole.prefix(JobLimits.payloadBytes / 2))
        return Array("{\"bytes\":\(whole.count),\"start\":{\"base64\":\"".utf8) + start + Array("\"}}".utf8)
    }

    private static func member(_ field: (name: [UInt8], value: [UInt8])) -> [UInt8] {
        let name = string(field.name) ?? Array("\"base64:".utf8) + base64(field.name[...]) + Array("\"".utf8)
        let value = string(field.value) ?? Array("{\"base64\":\"".utf8) + base64(field.value[...]) + Array("\"}".utf8)
        return name + Array(":".utf8) + value
    }

    /// A JSON string of the bytes; nil when they are no UTF-8 or hold a NUL, which payloads must not.
    private static func string(_ bytes: [UInt8]) -> [UInt8]? {
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else { return nil }
        let digits = Array("0123456789abcdef".utf8)
        var result: [UInt8] = [0x22]
        for byte in bytes {
            switch byte {
            case 0x22, 0x5C: result += [0x5C, byte]
            case 0..<0x20: result += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: result.append(byte)
            }
        }
        result.append(0x22)
        return result
    }

    /// RFC 4648, padded.
    private static func base64(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        var rest = bytes
        while !rest.isEmpty {
            let group = rest.prefix(3)
            rest = rest.dropFirst(3)
            let bits = group.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(16 - 8 * $1.offset) }
            for place in 0..<4 {
                result.append(place <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)] : 0x3D)
            }
        }
        return result
    }
}
