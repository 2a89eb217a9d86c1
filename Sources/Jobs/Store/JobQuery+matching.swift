extension JobQuery {
    /// Whether a filter names what cannot be: then nothing matches.
    public var isImpossible: Bool {
        let names = [type, queue, tenant, tag].compactMap { $0 }
        return !names.allSatisfy(JobName.isValid) || tag.map { $0.utf8.count > JobLimits.tagBytes } ?? false
            || terms.count > JobLimits.terms
            || !terms.allSatisfy { SearchTerm.isValid(field: $0.key, value: $0.value) }
            || error.map { $0.utf8.count > JobLimits.errorBytes || $0.utf8.contains(0) } ?? false
            || worker.map { $0.isEmpty || $0.utf8.contains { $0 <= 0x20 } } ?? false
            || (below.map { below in lowest.map { $0 >= below } ?? false } ?? false)
    }

    /// The words of the index a job must have.
    public var searchTerms: [String] { (tag.map { [$0] } ?? []) + SearchTerm.texts(terms) }

    /// Whether more is asked than the state, the tags and terms, and the place in the list.
    public var hasFilters: Bool { type != nil || queue != nil || tenant != nil || worker != nil || error != nil }

    /// Whether only a part of the list by age is looked at.
    public var hasBounds: Bool { olderThan != nil || since != nil || until != nil }

    /// Whether every job, or every job in a state, is asked for: what counters know the number of.
    public var isPlain: Bool { !hasFilters && searchTerms.isEmpty && since == nil && until == nil }

    /// The one word of the index that is all that is asked for; nil: there is none, or more is asked.
    public var soleTerm: String? {
        let terms = searchTerms
        return terms.count == 1 && state == nil && !hasFilters && since == nil && until == nil ? terms[0] : nil
    }

    /// Ids must be less than this; nil: any.
    public var below: JobID? {
        let until = until.map(Self.firstID)
        guard let olderThan else { return until }
        return until.map { min($0, olderThan) } ?? olderThan
    }

    /// Ids must be this or more; nil: any.
    public var lowest: JobID? { since.map(Self.firstID) }

    /// The error's text with small letters, as it is compared.
    public var smallError: String? { error.map { String(decoding: Self.small($0), as: UTF8.self) } }

    /// Whether the record passes the filters. That its queue is searchable is for the caller to know.
    public func matches(_ job: JobRecord) -> Bool {
        (state == nil || state == job.state) && (type == nil || type == job.type)
            && (queue == nil || queue == job.queue) && (tenant == nil || tenant == job.tenant)
            && (worker == nil || worker == job.worker) && (tag.map(job.tags.contains) ?? true)
            && hasTerms(job) && hasError(job) && (below.map { job.id < $0 } ?? true)
            && (lowest.map { job.id >= $0 } ?? true)
    }

    private func hasTerms(_ job: JobRecord) -> Bool {
        // By bytes: strings that Unicode calls equal are different values.
        terms.allSatisfy { field, value in job.terms[field].map { $0.utf8.elementsEqual(value.utf8) } ?? false }
    }

    private func hasError(_ job: JobRecord) -> Bool {
        guard let error else { return true }
        guard let text = job.error else { return false }
        let wanted = Self.small(error)
        let bytes = Self.small(text)
        guard wanted.count <= bytes.count else { return false }
        return (0...(bytes.count - wanted.count)).contains { bytes[$0...].starts(with: wanted) }
    }

    private static func small(_ text: String) -> [UInt8] {
        text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    }

    /// The least id made at a moment or later.
    private static func firstID(_ moment: Timestamp) -> JobID {
        // Moments end with the year 9999: their milliseconds have 48 bits.
        let milliseconds = UInt64(clamping: (moment.microseconds + 999) / 1000)
        return JobID(high: milliseconds << 16, low: 0)
    }
}
