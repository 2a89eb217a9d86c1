import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit

/// A network namespace beside this one, joined to it by a cable that can be cut. Needs root.
final class NetworkLab: Sendable {
    /// Why there can be none; nil when there can.
    static let obstacle: String? = {
        guard MeshChaos.isFull else { return "only in make chaos" }
        guard getuid() == 0 else { return "needs root" }
        do {
            _ = try NetworkLab()
            return nil
        } catch {
            return "no network namespaces or no iptables here: \(error)"
        }
    }()

    /// This side's address and the other's.
    let here: String
    let there: String
    private let name: String
    private let cable: String

    init() throws {
        let number = Int.random(in: 1...250)
        (here, there) = ("10.213.\(number).1", "10.213.\(number).2")
        (name, cable) = ("roost-lab-\(number)", "rlab\(number)")
        try Self.run("ip", "netns add \(name)")
        try Self.run("ip", "link add \(cable)h type veth peer name \(cable)n netns \(name)")
        try Self.run("ip", "addr add \(here)/30 dev \(cable)h")
        try Self.run("ip", "link set \(cable)h up")
        try inside("ip addr add \(there)/30 dev \(cable)n")
        try inside("ip link set \(cable)n up")
        try inside("ip link set lo up")
        try cut()
        try mend()
    }

    deinit {
        try? mend()
        // With it goes the cable.
        try? Self.run("ip", "netns del \(name)")
    }

    /// The command that runs another one on the other side.
    var launcher: [String] { ["ip", "netns", "exec", name] }

    /// Every packet of the other side is lost from now on, but for those to a port that is spared.
    func cut(sparing port: Int? = nil) throws {
        let all = "-I INPUT -i \(cable)h"
        try Self.run("iptables", "\(all) -j DROP")
        if let port { try Self.run("iptables", "\(all) -p tcp --dport \(port) -j ACCEPT") }
    }

    /// No packet is lost any more.
    func mend() throws {
        let rules = "iptables -S INPUT | grep -e '-i \(cable)h ' | sed 's/^-A/-D/'"
        try ChildProcess.run("sh", ["-c", "\(rules) | while read rule; do iptables $rule; done"])
    }

    private func inside(_ command: String) throws { try Self.run("ip", "netns exec \(name) \(command)") }

    private static func run(_ program: String, _ arguments: String) throws {
        try ChildProcess.run(program, arguments.split(separator: " ").map(String.init))
    }
}
