import FoundationEssentials
import RoostJobs

/// Between a job's bytes and a handler's types.
enum Payload {
    static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
        // Entries by foreign producers did not pass our door, and a deeply nested one would overflow the stack.
        do throws(JSONFault) {
            try JSONScanner.validate(bytes)
        } catch {
            throw HandlerFault(description: "payload is not acceptable JSON: \(error)")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw HandlerFault(description: "payload is not a \(type): \(explain(error))")
        }
    }

    static func encode(_ result: some Encodable) throws -> [UInt8] {
        if result is NoResult { return Array("null".utf8) }
        do {
            return Array(try JSONEncoder().encode(result))
        } catch {
            throw HandlerFault(description: "result cannot be encoded as JSON: \(error)")
        }
    }

    /// A raw handler's result, once it is known to be JSON.
    static func check(_ result: [UInt8]) throws -> [UInt8] {
        // Before the scan: what is too large is refused for its size, by whoever runs the handler.
        guard result.count <= JobLimits.resultBytes else { return result }
        do throws(JSONFault) {
            try JSONScanner.validate(result)
        } catch {
            throw HandlerFault(description: "result is not acceptable JSON: \(error)")
        }
        return result
    }

    /// What is wrong with a payload, in words that quote nothing of it.
    private static func explain(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            "\(name(context.codingPath + [key])) is missing"
        case DecodingError.valueNotFound(let type, let context):
            "\(name(context.codingPath)) is null, expected \(type)"
        case DecodingError.typeMismatch(let type, let context):
            "\(name(context.codingPath)) is not a \(type)"
        case DecodingError.dataCorrupted(let context):
            "\(name(context.codingPath)) has no valid value"
        default: "it was refused by the type's own check"
        }
    }

    private static func name(_ path: [any CodingKey]) -> String {
        guard !path.isEmpty else { return "the payload" }
        return path.prefix(JobLimits.depth).map { key in
            if let index = key.intValue { return "[\(index)]" }
            // A dictionary's keys come from the payload; only those of a type's `CodingKeys` come from the program.
            return "\(type(of: key))" == "CodingKeys" ? ".\(key.stringValue)" : ".*"
        }.joined().trimmingPrefix(".").description
    }
}
