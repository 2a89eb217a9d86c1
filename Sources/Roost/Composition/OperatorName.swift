import FoundationEssentials
import Glibc

/// Who acts at this terminal, for the audit log: the user's name, or number.
enum OperatorName {
    static var here: String {
        let environment = ProcessInfo.processInfo.environment
        let name = [environment["SUDO_USER"], environment["USER"], environment["LOGNAME"]].lazy.compactMap { $0 }
            .first { (1...64).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
        return name ?? "uid \(getuid())"
    }
}
