import FoundationEssentials
import Glibc

/// A directory for one test, removed with it.
public final class TemporaryDirectory: Sendable {
    /// Where it is.
    public let path: String

    /// Makes an empty directory below /tmp.
    public init() throws {
        var template = Array("/tmp/roost-e2e-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Surprise("no directory") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
