import Configuration
import FoundationEssentials
import RoostJobs

/// The file of `--config`: a JSON object whose keys are the settings' names, `meshPort` or `mesh-port`.
enum SettingsFile {
    static func values(_ path: String) throws(Failure) -> [AbsoluteConfigKey: ConfigValue] {
        let object: JSONObject
        do {
            object = try JSONScanner.parseObject(Array(try Data(contentsOf: URL(filePath: path))))
        } catch let fault as JSONFault {
            throw Failure(.configuration, "\(path): \(fault)")
        } catch {
            throw Failure(.configuration, "cannot read the configuration file \(path)")
        }
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, slice) in object.members {
            guard let content = content(slice) else {
                throw Failure(.configuration, "\(path): \(name) must be text, a number, true, false or a list of texts")
            }
            let key = camelCase(name)
            values[AbsoluteConfigKey([key])] = ConfigValue(
                content, isSecret: ["cookie", "store", "registry", "adminToken"].contains(key))
        }
        return values
    }

    private static func content(_ slice: JSONSlice) -> ConfigContent? {
        switch slice.kind {
        case .string: slice.string.map { .string($0) }
        case .number: slice.int.map { .int($0) } ?? slice.double.map { .double($0) }
        case .bool: slice.bool.map { .bool($0) }
        case .array: (try? JSONDecoder().decode([String].self, from: Data(slice.bytes))).map { .stringArray($0) }
        case .object, .null: nil
        }
    }

    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "-")
        return words.dropFirst().reduce(String(words.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }
}
