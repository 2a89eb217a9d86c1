import NIOCore
import NIOPosix

/// What of this process others can reach, and whether that is allowed.
enum Exposure {
    /// Nothing listens off loopback without credentials unless told so: throws where that would happen.
    static func check(_ settings: Settings, roles: Set<Role>) throws(Failure) {
        if settings.isLoopback || settings.insecure { return }
        if roles.contains(.api) || roles.contains(.sysmon) {
            throw Failure(
                .configuration,
                "--host \(settings.host) lets other machines in, and there are no credentials: add --insecure if the "
                    + "network is yours alone, or listen on 127.0.0.1 behind a proxy")
        }
        if settings.cookies.isEmpty {
            throw Failure(
                .configuration,
                "--host \(settings.host) lets other machines in: set ROOST_COOKIE (32 bytes or more), or add --insecure"
            )
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
