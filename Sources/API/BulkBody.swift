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
                try JSONScanner.validate(bytes, maximumDepth: JobLimits.depth + 2)
            } catch {
                throw .malformed(error)
            }
            items = elements(bytes)
        } else {
            items = lines(bytes)
        }
        guard items.count <= JobLimits.batch else {
            throw APIError(.contentTooLarge, "At most \(JobLimits.batch) jobs in one call")
        }
        return items
    }

    /// The elements of an array that is known to be valid: commas at depth one, outside strings, part them.
    private static func elements(_ bytes: [UInt8]) -> [[UInt8]] {
        var elements: [[UInt8]] = []
        var depth = 0
        var start = 0
        var index = 0
        func take(upTo end: Int) {
            let element = bytes[start..<end]
            if !element.allSatisfy(isSpace) { elements.append(Array(element)) }
        }
        while index < bytes.count, elements.count <= JobLimits.batch {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                    index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
                }
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                if depth == 1 { start = index + 1 }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { take(upTo: index) }
            case UInt8(ascii: ",") where depth == 1:
                take(upTo: index)
                start = index + 1
            default: break
            }
            index += 1
        }
        return elements
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
