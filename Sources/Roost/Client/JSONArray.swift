import RoostJobs

/// Reads an array of objects, as lists are answered.
enum JSONArray {
    /// The objects of a JSON array, each as its own slice.
    static func objects(_ bytes: [UInt8]) throws(Failure) -> [JSONObject] {
        do throws(JSONFault) {
            return try JSONScanner.parseArray(bytes, maximumDepth: 64).compactMap(\.object)
        } catch {
            throw Failure(.software, "unexpected reply")
        }
    }
}
