import FoundationEssentials
import RoostJobs

/// Reads an array of objects, as lists are answered.
enum JSONArray {
    /// The objects of a JSON array, each as its own slice.
    static func objects(_ bytes: [UInt8]) throws(Failure) -> [JSONObject] {
        var objects: [JSONObject] = []
        var depth = 0
        var start: Int?
        var inString = false
        var escaped = false
        for (index, byte) in bytes.enumerated() {
            if inString {
                if escaped {
                    escaped = false
                } else if byte == 0x5C {
                    escaped = true
                } else if byte == 0x22 {
                    inString = false
                }
                continue
            }
            switch byte {
            case 0x22: inString = true
            case UInt8(ascii: "{"):
                if depth == 0 { start = index }
                depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0, let first = start {
                    guard let object = try? JSONScanner.parseObject(Array(bytes[first...index]), maximumDepth: 64)
                    else {
                        throw Failure(.software, "unexpected reply")
                    }
                    objects.append(object)
                }
            default: break
            }
        }
        return objects
    }
}
