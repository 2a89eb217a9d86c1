import Hummingbird
import RoostJobs

extension Parameters {
    /// The job's id in the path; nil when it is none.
    var jobID: JobID? { self["id"].flatMap { JobID($0) } }

    /// A segment of the path as its client meant it; nil when it is not well encoded.
    func decoded(_ name: String) -> String? {
        guard let text = self[Substring(name)] else { return nil }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Self.digit), let low = rest.popFirst().flatMap(Self.digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A segment that is a name, or `*` where that stands for all.
    func name(_ name: String, all: Bool = false) -> String? {
        decoded(name).flatMap { JobName.isValid($0) || (all && $0 == QueueSettings.all) ? $0 : nil }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
