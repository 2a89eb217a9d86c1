import RoostJobs
import RoostRedis

/// What Redis keeps of a job's log and failed attempts, as text. See Documentation/redis-layout.md.
enum NoteText {
    /// All that is kept beside a record, as the scripts return it.
    static func notes(progress: RedisValue, log: RedisValue, wish: RedisValue, failures: RedisValue) -> JobNotes {
        JobNotes(
            progress: progress.bytes, log: Self.log(log.bytes ?? [], limit: JobLimits.logBytes),
            failures: (failures.elements ?? []).compactMap { $0.bytes.flatMap(failure) }, cancelReason: wish.text)
    }

    /// Text on one line: a backslash becomes two, a newline `\n`.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A }) else { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x5C: bytes += [0x5C, 0x5C]
            case 0x0A: bytes += [0x5C, 0x6E]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text an escaped line stands for.
    static func unescaped(_ line: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in line {
            if !isEscaped, byte == 0x5C {
                isEscaped = true
            } else {
                bytes.append(isEscaped && byte == 0x6E ? 0x0A : byte)
                isEscaped = false
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The newest lines of a log, `<µs> <attempt> <escaped text>` each, whose text is at most `limit` bytes together.
    static func log(_ bytes: [UInt8], limit: Int) -> [LogLine] {
        var lines: [LogLine] = []
        var left = limit
        for line in bytes.split(separator: 0x0A).reversed() {
            let words = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
            guard words.count == 3, let at = number(words[0]), let attempt = number(words[1]) else { continue }
            let text = unescaped(words[2])
            left -= text.utf8.count
            guard left >= 0 else { break }
            lines.append(LogLine(at: Timestamp(microseconds: at), attempt: Int(clamping: attempt), text: text))
        }
        return lines.reversed()
    }

    /// A failed attempt, `1 <attempt> <started µs> <ended µs> <worker>`, a newline and the error; nil for an unknown format.
    static func failure(_ bytes: [UInt8]) -> FailedAttempt? {
        guard let newline = bytes.firstIndex(of: 0x0A) else { return nil }
        let words = bytes[..<newline].split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count == 5, words[0].elementsEqual("1".utf8), let attempt = number(words[1]),
            let started = number(words[2]), let ended = number(words[3])
        else { return nil }
        return FailedAttempt(
            attempt: Int(clamping: attempt), startedAt: Timestamp(microseconds: started),
            endedAt: Timestamp(microseconds: ended), worker: String(decoding: words[4], as: UTF8.self),
            error: String(decoding: bytes[(newline + 1)...], as: UTF8.self))
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard (1...18).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(String(decoding: digits, as: UTF8.self))
    }
}
