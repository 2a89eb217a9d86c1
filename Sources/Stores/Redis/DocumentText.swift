import RoostJobs

/// How a document lies in its collection's hash: `1 <version> <body>`.
enum DocumentText {
    /// The document, or nil when it is of another format.
    static func parse(_ bytes: [UInt8], name: String) -> Document? {
        guard bytes.starts(with: Array("1 ".utf8)), let end = bytes[2...].firstIndex(of: UInt8(ascii: " ")),
            let version = Int(String(decoding: bytes[2..<end], as: UTF8.self)), version > 0
        else { return nil }
        return Document(name: name, version: version, body: Array(bytes[(end + 1)...]))
    }
}
