import RoostJobs

/// A name as a part of a URL's path.
enum PathSegment {
    /// The name, escaped; a failure for what cannot be one. `*` stands for all where that is allowed.
    static func name(_ text: String, _ what: String, all: Bool = false) throws(Failure) -> String {
        if all, text == QueueSettings.all { return "%2A" }
        guard JobName.isValid(text) else { throw Failure(.usage, "\(text.debugDescription) is no name of a \(what)") }
        // Of what a name may have, only this would end the segment.
        return text.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "%2F")
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

    /// A job's or batch's id.
    static func id(_ text: String, _ what: String = "job") throws(Failure) -> String {
        guard let id = JobID(text) else {
            throw Failure(.usage, "\(text.debugDescription) is no \(what) id (26 characters)")
        }
        return id.description
    }
}
