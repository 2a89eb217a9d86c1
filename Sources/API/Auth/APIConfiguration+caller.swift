import RoostJobs

extension APIConfiguration {
    /// The rules for the jobs of one caller.
    func serving(_ caller: Caller) -> APIConfiguration {
        var configuration = self
        configuration.mayReplace = caller.may(.operate, reading: false)
        if let tenant = caller.tenant { configuration.tenant = tenant }
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

    /// A rule that cancels or moves another's job is for those who may do so by name.
    mutating func settle(mayReplace: Bool) {
        guard !mayReplace, let rule = job.unique, rule.conflict != .reject else { return }
        reader.add("unique.on_conflict", "needs the scope 'operate'")
    }
}
