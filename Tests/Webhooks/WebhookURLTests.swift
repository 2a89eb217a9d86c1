import Testing

@testable import RoostWebhooks

@Suite struct WebhookURLTests {
    @Test("an address is taken apart as its receiver takes it apart")
    func parts() throws {
        let url = try WebhookURL("HTTPS://Hooks.Example.org:8443/in/box?a=1&b=%20")
        #expect(url.isSecure && url.host == "hooks.example.org" && url.port == 8443)
        #expect(url.target == "/in/box?a=1&b=%20" && url.authority == "hooks.example.org:8443")
        let plain = try WebhookURL("http://93.184.216.34?x")
        #expect(!plain.isSecure && plain.address != nil && plain.port == 80 && plain.target == "/?x")
        let six = try WebhookURL("https://[2606:4700:0::1111]/")
        #expect(six.host == "2606:4700::1111" && six.authority == "[2606:4700::1111]" && six.port == 443)
    }

    @Test(
        "what is no plain address of a receiver is refused",
        arguments: [
            "", "example.org", "//example.org", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/",
            "https:example.org", "https:/example.org", "https://", "https:///path", "https://user@example.org/",
            "https://user:pw@example.org/", "https://example.org@127.0.0.1/", "https://127.0.0.1\\@example.org/",
            "https://example.org/#fragment", "https://example.org:0/", "https://example.org:65536/",
            "https://example.org:+80/", "https://example.org:/", "https://example.org:8a/", "https://exa mple.org/",
            "https://example.org/\r\nHost: other", "https://example.org/\t", "https://ex\u{E4}mple.org/",
            "https://example..org/", "https://.example.org/", "https://example.org./", "https://-a.org/",
            "https://a%2eorg/", "https://[::1/", "https://[::1]x/", "https://[fe80::1%25eth0]/", "https://[v1.x]/",
            "https://[127.0.0.1]/", "https://" + String(repeating: "a", count: 64) + ".org/",
            "https://example.org/" + String(repeating: "a", count: 2048),
            // Forms of 127.0.0.1 that resolvers take.
            "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/", "https://017700000001/",
            "https://0177.0.0.1/", "https://127.1/", "https://127.0.1/", "https://127.0.0.01/", "https://127.0.0.0x1/",
            "https://1.2.3.4.5/", "https://256.1.1.1/", "https://127.0.0.1./",
        ])
    func refused(_ text: String) { #expect(throws: WebhookURL.Fault.self) { try WebhookURL(text) } }

    @Test(
        "nothing nearby is a receiver unless that is allowed, in whatever form it is written",
        arguments: [
            "https://127.0.0.1/", "https://127.255.255.254/", "https://localhost/", "https://LOCALHOST/",
            "https://api.localhost/", "https://10.1.2.3/", "https://172.16.0.1/", "https://172.31.255.255/",
            "https://192.168.1.1/", "https://100.64.0.1/", "https://198.18.0.1/", "https://[::1]/",
            "https://[fd12::1]/",
            "https://[fc00::1]/", "https://[0:0:0:0:0:0:0:1]/", "http://example.org/", "https://[64:ff9b::7f00:1]/",
        ])
    func nearby(_ text: String) throws {
        let url = try WebhookURL(text)
        #expect(WebhookGuard(allowsPrivate: false).fault(url) != nil)
        #expect(WebhookGuard(allowsPrivate: true).fault(url) == nil)
    }

    @Test(
        "where no receiver can be, none is, whatever is allowed",
        arguments: [
            "https://0.0.0.0/", "https://0.1.2.3/", "https://169.254.169.254/", "https://169.254.1.1/",
            "https://168.63.129.16/", "https://100.100.100.200/", "https://192.0.0.192/", "https://224.0.0.1/",
            "https://239.1.1.1/", "https://255.255.255.255/", "https://240.0.0.1/", "https://192.0.2.1/",
            "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:8.8.8.8]/", "https://[::7f00:1]/",
            "https://[fe80::1]/", "https://[fec0::1]/", "https://[ff02::1]/", "https://[fd00:ec2::254]/",
            "https://[2001:db8::1]/", "https://[2002:7f00:1::]/", "https://[2001:0:7f00:1::]/", "https://[100::1]/",
            "https://[64:ff9b::a9fe:a9fe]/", "https://[4000::1]/",
        ])
    func nowhere(_ text: String) throws {
        let url = try WebhookURL(text)
        for allowed in [false, true] { #expect(WebhookGuard(allowsPrivate: allowed).fault(url) != nil) }
    }

    @Test(
        "the rest of the internet is there",
        arguments: [
            "https://8.8.8.8/", "https://example.org/", "https://172.15.0.1/", "https://172.32.0.1/",
            "https://100.128.0.1/", "https://11.0.0.1/", "https://[2606:4700::1111]/", "https://xn--bcher-kva.example/",
            "https://[64:ff9b::808:808]/", "https://my_host.example.org/", "https://1.example/",
        ])
    func everywhere(_ text: String) throws {
        let url = try WebhookURL(text)
        #expect(WebhookGuard(allowsPrivate: false).fault(url) == nil)
    }

    @Test("one private address among the public ones of a name is enough to refuse it")
    func mixed() throws {
        let good = try #require(ReceiverAddress(v4: "8.8.8.8"))
        let bad = try #require(ReceiverAddress(v6: "::1"))
        #expect(WebhookGuard(allowsPrivate: false).fault([good]) == nil)
        #expect(WebhookGuard(allowsPrivate: false).fault([good, bad]) != nil)
        #expect(WebhookGuard(allowsPrivate: true).fault([]) != nil)
    }
}
