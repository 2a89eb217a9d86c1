import HTTPTypes
import RoostJobs

/// Takes a bulk body apart: the elements of an array, or the lines of newline-delimited JSON.
enum BulkBody {
    /// The bytes of each item, at most `JobLimits.batch`. An array must be whole JSON; a line is checked by whoever
    /// reads it.
    static func items(_ bytes: [UInt8]) throws(APIError) -> [[UInt8]] {
        let items: [[UInt8]]
        if bytes.first(where: { !isSpace($0) }) == UInt8(ascii: "[") {
            do throws(JSONFault) {
                // One more than allowed is enough to know that there are too many.
                items = try JSONScanner.parseArray(
                    bytes, maximumDepth: JobLimits.depth + 2, limit: JobLimits.batch + 1
                ).map(\.bytes)
            } catch {
                throw .malformed(error)
            }
        } else {
            items = lines(bytes)
        }
        guard items.count <= JobLimits.batch else {
            throw APIError(.contentTooLarge, "At most \(JobLimits.batch) jobs in one call")
        }
        return items
    }

    private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty, lines.count <= JobLimits.batch {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest.dropFirst(line.count + 1)
            if !line.allSatisfy(isSpace) { lines.append(Array(line)) }
        }
        return lines
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
