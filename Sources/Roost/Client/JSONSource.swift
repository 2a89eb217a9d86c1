import FoundationEssentials
import RoostJobs

/// JSON as it is given on the command line: itself, `@FILE`, or `-` for standard input.
enum JSONSource {
    /// The bytes, checked to be JSON.
    static func read(_ argument: String, what: String) throws(Failure) -> [UInt8] {
        switch argument {
        case "-": try file("/dev/stdin", what: what)
        case _ where argument.hasPrefix("@"): try file(String(argument.dropFirst()), what: what)
        default: try checked(Array(argument.utf8), what: what)
        }
    }

    /// The bytes of a file, checked to be JSON; `-` is standard input.
    static func file(_ path: String, what: String) throws(Failure) -> [UInt8] {
        let path = path == "-" ? "/dev/stdin" : path
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw Failure(.badInput, "cannot read \(path)")
        }
        return try checked(bytes, what: what)
    }

    private static func checked(_ bytes: [UInt8], what: String) throws(Failure) -> [UInt8] {
        do throws(JSONFault) {
            // A body may hold a payload some levels down.
            try JSONScanner.validate(bytes, maximumDepth: JobLimits.depth + 3)
            return bytes
        } catch {
            throw Failure(.badInput, "\(what) is not JSON: \(error)")
        }
    }
}
