import RoostRedis
import RoostTestKit
import Testing

@Suite("A Redis URL")
struct RedisConfigurationTests {
    @Test(
        "says where the server is",
        arguments: [
            ("redis://h", "redis://h:6379/0"),
            ("REDIS://h", "redis://h:6379/0"),
            ("redis://h/", "redis://h:6379/0"),
            ("redis://h:1/5", "redis://h:1/5"),
            ("redis://h?db=7", "redis://h:6379/7"),
            ("redis://:pw@h", "redis://:***@h:6379/0"),
            ("redis://u:pw@h:65535", "redis://u:***@h:65535/0"),
            ("redis://u:p@w@h", "redis://u:***@h:6379/0"),
            ("redis://[::1]:7/2", "redis://[::1]:7/2"),
            ("redis://[::1]", "redis://[::1]:6379/0"),
            ("rediss://h", "rediss://h:6379/0"),
            ("unix:///run/redis.sock", "unix:///run/redis.sock?db=0"),
            ("redis+unix://:pw@/run/r%20s?db=2", "unix://:***@/run/r s?db=2"),
            ("redis+sentinel://a/m", "redis+sentinel://a:26379/m?db=0"),
            ("redis+sentinel://:pw@a:1,b,[::1]:3/m?db=2", "redis+sentinel://:***@a:1,b:26379,[::1]:3/m?db=2"),
            ("redis+sentinel://a/m?ca=/x&tls=1", "redis+sentinel://a:26379/m?db=0&tls=1"),
            ("redis+cluster://a,b:2", "redis+cluster://a:6379,b:2"),
            ("redis+cluster://u:p@a?tls=1", "redis+cluster://u:***@a:6379?tls=1"),
        ])
    func reads(url: String, expected: String) throws {
        #expect(try RedisConfiguration(url: url).redactedDescription == expected)
    }

    @Test("carries credentials and options, percent-decoded")
    func parts() throws {
        let plain = try RedisConfiguration(url: "redis://w%40rk:p%2Fw%3A%23@example:1/3?name=me")
        #expect(plain.username == "w@rk")
        #expect(plain.password == "p/w:#")
        #expect(plain.clientName == "me")
        let tls = try RedisConfiguration(url: "rediss://h?ca=/x%20y.pem&verify=no")
        #expect(tls.tls)
        #expect(tls.tlsCACertificatePath == "/x y.pem")
        #expect(!tls.tlsVerifiesCertificate)
        let sentinel = try RedisConfiguration(
            url: "redis+sentinel://:pw@a,b/my-%6daster?wait=2&sentinel-user=s&sentinel-password=p%26w")
        #expect(sentinel.topology == .sentinel(master: "my-master"))
        #expect(sentinel.seeds == [RedisEndpoint(host: "a", port: 26379), RedisEndpoint(host: "b", port: 26379)])
        #expect(sentinel.confirmingReplicas == 2)
        #expect(sentinel.sentinelUsername == "s")
        #expect(sentinel.sentinelPassword == "p&w")
        #expect(sentinel.password == "pw")
        #expect(try RedisConfiguration(url: "redis+cluster://a").topology == .cluster)
    }

    @Test(
        "that is malformed is refused without repeating the password",
        arguments: [
            "", "h", "http://h", "redis://", "redis:///1", "redis://:s3cret@", "redis://h:0", "redis://h:65536",
            "redis://h:s3cret", "redis://h:+1", "redis://h:", "redis://h/x", "redis://h/-1", "redis://h/1/2",
            "redis://h/99999999999999999999", "redis://s3cret@h", "redis://u:@h", "redis://u:%zz@h",
            "redis://u:s3cret%f@h",
            "redis://u:%00s3cret@h", "redis://u:s3cret%ff@h", "redis://u:s3#cret@h", "redis://[::1", "redis://[::1]x",
            "redis://h?x=s3cret", "redis://h?ca=/s3cret", "rediss://h?verify=s3cret", "unix://", "unix://rel/s3cret",
            "redis+sentinel://a", "redis+sentinel://:s3cret@/m", "redis+sentinel://:s3cret@a,/m",
            "redis+sentinel://a/m/s3",
            "redis+sentinel://a/m%20s3", "redis+sentinel://a/m?ca=/s3cret", "redis+sentinel://a/m?tls=s3",
            "redis+sentinel://a/m?wait=s3", "redis+sentinel://a/m?wait=17", "redis://a?sentinel-password=s3cret",
            "redis+cluster://a?sentinel-password=s3cret", "redis+cluster://a/1", "redis+cluster://a?db=1",
            "redis+cluster://",
            "redis+cluster://s3cret@a", "redis://a?tls=1", "rediss://a?tls=1",
            "redis+cluster://" + Array(repeating: "s3", count: 33).joined(separator: ","),
            "unix:///" + String(repeating: "s3cret", count: 20), "redis://a b", "redis://u:s3/cret@h",
        ])
    func refuses(url: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("s3") == false)
    }

    @Test("given as random text never crashes the reader of URLs")
    func randomText() {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("redisunx+:/@?#[]%&=.0129aä\0 ")
        for _ in 0..<5000 {
            let text = String(
                (0..<Int.random(in: 0...30, using: &random)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                })
            for scheme in ["", "redis://", "rediss://", "unix://", "redis+sentinel://", "redis+cluster://"] {
                _ = try? RedisConfiguration(url: scheme + text)
            }
        }
    }
}
