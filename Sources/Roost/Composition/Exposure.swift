import NIOCore
import NIOPosix
import RoostAPI

/// What of this process others can reach, and whether that is allowed.
enum Exposure {
    /// Nothing listens off loopback without credentials unless told so: throws where that would happen. What serves HTTP
    /// asks for tokens there, and the mesh for its cookie.
    static func check(_ settings: Settings, roles: Set<Role>) throws(Failure) {
        if let text = settings.adminToken, AdminToken(text) == nil {
            throw Failure(
                .configuration,
                "ROOST_ADMIN_TOKEN: 32 to 512 letters, digits and -._~+/= (openssl rand -hex 32 makes one)")
        }
        guard settings.isExposed else { return }
        let isServer = roles.contains(.api) || roles.contains(.sysmon)
        if isServer, settings.auth == .off {
            throw Failure(
                .configuration,
                "--host \(settings.host) lets other machines in, and --auth off lets them do everything: add --insecure "
                    + "if the network is yours alone, or leave --auth out")
        }
        if settings.cookies.isEmpty {
            throw Failure(
                .configuration,
                "--host \(settings.host) lets other machines in: set ROOST_COOKIE (32 bytes or more)"
                    + (isServer ? " and make a token (`roost token create`)" : "") + ", or add --insecure")
        }
    }

    /// The address peers are told.
    static func advertised(_ settings: Settings) -> String {
        if let address = settings.advertise { return address }
        guard settings.host == "0.0.0.0" || settings.host == "::" else {
            return settings.host == "localhost" ? "127.0.0.1" : settings.host
        }
        // Listening everywhere: the first address that is not this machine talking to itself.
        let devices = (try? System.enumerateDevices()) ?? []
        for device in devices {
            guard let address = device.address, case .v4 = address, let text = address.ipAddress else { continue }
            if !text.hasPrefix("127.") { return text }
        }
        return "127.0.0.1"
    }
}
