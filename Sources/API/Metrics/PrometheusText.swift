import NIOCore
import RoostJobs

/// Writes the text exposition format of Prometheus, version 0.0.4.
struct PrometheusText {
    private(set) var buffer = ByteBufferAllocator().buffer(capacity: 16 << 10)

    enum Kind: String {
        case counter, gauge, histogram
    }

    /// Names and values of one sample's labels.
    typealias Labels = KeyValuePairs<String, String>

    /// A family: what it is, then its samples, written by `body`.
    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ body: (inout Family) -> Void) {
        buffer.writeString("# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n")
        var family = Family(name: name, buffer: buffer)
        // One owner: the bytes are not copied.
        buffer = ByteBuffer()
        body(&family)
        buffer = family.buffer
    }

    /// A family with one sample.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        family(name, kind, help) { $0.sample([:], value) }
    }

    /// The samples of one family.
    struct Family {
        let name: String
        fileprivate var buffer: ByteBuffer

        mutating func sample(_ labels: Labels, _ value: Double) { write("", labels, nil, value) }

        mutating func sample(_ labels: Labels, _ value: Int) { write("", labels, nil, Double(value)) }

        mutating func histogram(_ labels: Labels, _ histogram: DurationHistogram) {
            var sum = 0
            for (bound, count) in zip(DurationHistogram.bounds, histogram.counts) {
                sum += count
                write("_bucket", labels, Self.text(bound.inSeconds), Double(sum))
            }
            write("_bucket", labels, "+Inf", Double(histogram.count))
            write("_sum", labels, nil, histogram.sum.inSeconds)
            write("_count", labels, nil, Double(histogram.count))
        }

        private mutating func write(_ suffix: String, _ labels: Labels, _ bound: String?, _ value: Double) {
            buffer.writeString(name + suffix)
            var parts = labels.map { "\($0)=\"\(Self.escaped($1))\"" }
            if let bound { parts.append("le=\"\(bound)\"") }
            if !parts.isEmpty { buffer.writeString("{\(parts.joined(separator: ","))}") }
            buffer.writeString(" \(Self.text(value))\n")
        }

        private static func text(_ value: Double) -> String {
            guard let whole = Int(exactly: value) else { return value.isFinite ? "\(value)" : "NaN" }
            return "\(whole)"
        }

        /// A label's value: backslash, quote and line feed are escaped, and nothing else.
        private static func escaped(_ text: String) -> String {
            var bytes: [UInt8] = []
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), byte]
                case UInt8(ascii: "\n"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
                default: bytes.append(byte)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
