import RoostRedis

/// Addresses without the passwords in them.
enum Redaction {
    static func url(_ text: String) throws(RedisError) -> String {
        try RedisConfiguration(url: text).redactedDescription
    }
}
