import RoostJobs

extension APIConfiguration {
    /// The rules for the jobs of one caller.
    func serving(_ caller: Caller) -> APIConfiguration {
        guard let tenant = caller.tenant else { return self }
        var configuration = self
        configuration.tenant = tenant
        return configuration
    }
}

extension JobEnvelope {
    /// Gives the job the tenant of the token it came with; another one is refused.
    mutating func settle(tenant: String?) {
        guard let tenant else { return }
        if let other = job.tenant, other != tenant { reader.add("tenant", "must be the token's, '\(tenant)'") }
        job.tenant = tenant
    }
}
