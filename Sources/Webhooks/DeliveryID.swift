import Crypto
public import RoostJobs

/// The ids of deliveries: whoever sees the same end makes the same ids, so that several dispatchers, or one that begins
/// again, make each delivery once.
public enum DeliveryID {
    /// The id of the delivery that tells a webhook of an end. Positions are never used twice.
    public static func of(_ end: JobEnd, to webhook: JobID) -> JobID {
        let name = "\(end.position)\n\(end.id)\n\(end.state)\n\(webhook)"
        let digest = Array(SHA256.hash(data: Array(name.utf8)))
        let words = digest.prefix(10).reduce((high: UInt64(0), low: UInt64(0))) { words, byte in
            (words.high << 8 | words.low >> 56, words.low << 8 | UInt64(byte))
        }
        let made = UInt64(clamping: end.id.timestamp.milliseconds) & 0xFFFF_FFFF_FFFF
        let text = JobID(high: made << 16 | words.high & 0xFFFF, low: words.low).description
        return JobID(text.prefix(Self.marked) + mark(text.prefix(Self.marked))) ?? end.id
    }

    /// Whether an id is one of those, also when its record is gone. One in a million others looks like it.
    static func isDelivery(_ id: JobID) -> Bool {
        let text = id.description
        return text.suffix(4) == mark(text.prefix(Self.marked))
    }

    /// How many characters the mark is of; it takes the place of the rest.
    private static let marked = 22

    private static func mark(_ text: Substring) -> String {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
        let digest = SHA256.hash(data: Array("\(DeliveryOrder.type)\n\(text)".utf8))
        return String(decoding: digest.prefix(4).map { alphabet[Int($0 & 31)] }, as: UTF8.self)
    }
}
