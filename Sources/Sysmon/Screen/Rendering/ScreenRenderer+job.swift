import RoostJobs

extension ScreenRenderer {
    /// A job with everything that is known of it.
    func job(_ id: JobID, _ view: ScreenView) -> [StyledLine] {
        guard let detail = view.job.value, detail.job.id == id else {
            return view.job.fault == nil ? [line("  asking the store \(ellipsis)", .dim)] : []
        }
        var lines = head(detail, view) + why(detail)
        lines += progress(detail) + timeline(detail, view) + parents(detail) + log(detail, view)
        if let error = detail.job.error { lines += section("Error") + block(Array(error.utf8), view, .bad) }
        lines += bytes("Payload", detail.job.payload, view)
        if let result = detail.job.result { lines += bytes("Result", result, view) }
        return aged(lines, view)
    }

    private func section(_ title: String) -> [StyledLine] { [line(""), line(" \(title)", .bold)] }

    private func head(_ detail: JobDetail, _ view: ScreenView) -> [StyledLine] {
        let job = detail.job
        let state = state(job.state)
        var lines = [
            pairs([("type", job.type, .bold), ("queue", job.queue, .plain), ("state", state.text, state.style)]),
            pairs([
                ("attempt", "\(job.attempt) of \(job.maxAttempts)", .plain), ("crashes", "\(job.crashes)", .plain),
                ("priority", "\(job.priority)", .plain), ("timeout", job.timeout.short.replacingTenths, .plain),
                ("age", ago(view.age(of: job.insertedAt)), .plain),
            ]),
        ]
        var rare: [(String, String, TerminalStyle)] = []
        if let tenant = job.tenant { rare.append(("tenant", tenant, .plain)) }
        if !job.tags.isEmpty { rare.append(("tags", job.tags.joined(separator: " "), .plain)) }
        if let key = job.uniqueKey { rare.append(("unique", key, .plain)) }
        if let batch = job.batch { rare.append(("batch", batch.description, .plain)) }
        if let trace = job.trace { rare.append(("trace", trace, .dim)) }
        if !rare.isEmpty { lines.append(pairs(rare)) }
        if let reason = detail.notes.cancelReason, job.state == .running {
            lines.append(line(" somebody wants it cancelled: \(reason)", .warn))
        }
        return lines
    }

    private func why(_ detail: JobDetail) -> [StyledLine] {
        guard !detail.reasons.isEmpty else { return [] }
        let title = detail.job.state == .running ? "Where it runs" : "Why it does not run"
        return section(title) + detail.reasons.map { line("  \(dot) \($0.sentence(clock))") }
    }

    private func progress(_ detail: JobDetail) -> [StyledLine] {
        guard let note = detail.notes.progress else { return [] }
        let object = try? JSONScanner.parseObject(note, maximumDepth: JobLimits.depth)
        guard let fraction = object?["fraction"]?.double, fraction.isFinite else {
            return section("Progress") + [line("  " + String(decoding: note, as: UTF8.self))]
        }
        let percent = Int((min(max(0, fraction), 1) * 100).rounded())
        var result = line("  " + sparkline.bar(percent, of: 100, width: 20), .accent)
        result.add(" \(percent) %  ", .bold)
        if let message = object?["message"]?.string { result.add(message) }
        return section("Progress") + [result]
    }

    private func parents(_ detail: JobDetail) -> [StyledLine] {
        guard !detail.parents.isEmpty else { return [] }
        return section("Jobs it waits for")
            + detail.parents.map { parent in
                let state = state(parent.state)
                var result = line("  \(parent.id) \(parent.type) ")
                result.add(state.text, state.style)
                return result
            }
    }

    private func log(_ detail: JobDetail, _ view: ScreenView) -> [StyledLine] {
        guard !detail.notes.log.isEmpty else { return [] }
        return section("Log")
            + detail.notes.log.flatMap { entry in
                wrapped(
                    line("  \(clock.time(entry.at.microseconds)) #\(entry.attempt) ", .dim), entry.text, view)
            }
    }

    /// Bytes as they are, as far as a screen shows them well.
    private func bytes(_ title: String, _ bytes: [UInt8], _ view: ScreenView) -> [StyledLine] {
        let most = 8192
        let size = bytes.count > most ? "\(bytes.count.bytes), the first \(most.bytes) of them" : bytes.count.bytes
        return section("\(title) (\(size))") + block(Array(bytes.prefix(most)), view, .plain)
    }

    /// Wrapped at the screen's edge; a line break in the text is one here.
    private func block(_ bytes: [UInt8], _ view: ScreenView, _ style: TerminalStyle) -> [StyledLine] {
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", maxSplits: 1000, omittingEmptySubsequences: false)
        return lines.flatMap { part in
            TerminalText.wrap(String(part), columns: Self.room(view, 3), ascii: options.ascii)
        }.map { line("  \($0)", style) }
    }

    /// A text behind a beginning, with what does not fit below it, as far in.
    func wrapped(
        _ start: StyledLine, _ text: String, _ view: ScreenView, _ style: TerminalStyle = .plain
    ) -> [StyledLine] {
        let room = Self.room(view, start.width + 1)
        return TerminalText.wrap(text, columns: room, ascii: options.ascii).enumerated().map { index, part in
            var result = index == 0 ? start : table.blank
            result.pad(to: start.width)
            result.add(part, style)
            return result
        }
    }

    /// Columns for a text. A piece of a line is cut at 512 characters: no piece is longer.
    private static func room(_ view: ScreenView, _ taken: Int) -> Int {
        min(max(10, view.size.columns - taken), 500)
    }
}
