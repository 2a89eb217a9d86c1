import Logging
import RoostAPI
import RoostJobs

extension Exposure {
    /// Where a token is asked for there must be one: throws where nobody could come in. A store that does not answer yet
    /// cannot be asked: until it does, nobody comes in anyway.
    static func checkTokens(
        _ settings: Settings, roles: Set<Role>, store: any JobStore, logger: Logger
    ) async throws(Failure) {
        guard roles.contains(.api) || roles.contains(.sysmon), case .tokens(admin: nil) = settings.access else {
            return
        }
        let tokens: [TokenRecord]
        do throws(StoreError) { tokens = try await TokenVault(store).records() } catch {
            logger.warning("Tokens cannot be looked at yet", metadata: ["error": "\(error.message)"])
            return
        }
        let now = Timestamp.now()
        guard tokens.contains(where: { $0.expiresAt.map { $0 > now } ?? true }) else {
            throw Failure(
                .configuration,
                "a token is asked for, and there is none: make one with `roost token create --name NAME --role admin "
                    + "--store …`, or set ROOST_ADMIN_TOKEN (32 characters or more)")
        }
    }
}
