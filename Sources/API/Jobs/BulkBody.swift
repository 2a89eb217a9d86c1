import HTTPTypes
import RoostJobs

/// Takes a bulk body apart: the elements of an array, or the lines of newline-delimited JSON.
enum BulkBody {
    /// One item: of an array it is checked, with its members where it is an object; a line is checked by whoever reads it.
    enum Item {
        case element(JSONSlice, JSONObject?)
        case line([UInt8])

        var bytes: [UInt8] {
            switch self {
            case .element(let slice, _): slice.bytes
            case .line(let bytes): bytes
            }
        }

        var count: Int {
            switch self {
            case .element(let slice, _): slice.count
            case .line(let bytes): bytes.count
            }
        }

        /// Its members; throws what is wrong with it.
        func object() throws(APIError) -> JSONObject {
            if case .element(_, let object?) = self { return object }
            return try .parse(body: bytes)
        }
    }

    /// The items, at most `JobLimits.batch`. An array must be whole JSON.
    static func items(_ bytes: [UInt8]) throws(APIError) -> [Item] {
        let items: [Item]
        if bytes.first(where: { !isSpace($0) }) == UInt8(ascii: "[") {
            do throws(JSONFault) {
                // One more than allowed is enough to know that there are too many.
                items = try JSONScanner.parseObjects(
                    bytes, maximumDepth: JobLimits.depth + 2, limit: JobLimits.batch + 1
                ).map { .element($0.slice, $0.object) }
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

    private static func lines(_ bytes: [UInt8]) -> [Item] {
        var lines: [Item] = []
        var rest = bytes[...]
        while !rest.isEmpty, lines.count <= JobLimits.batch {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest.dropFirst(line.count + 1)
            if !line.allSatisfy(isSpace) { lines.append(.line(Array(line))) }
        }
        return lines
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
