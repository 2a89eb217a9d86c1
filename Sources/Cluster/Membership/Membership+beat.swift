import Logging

extension Membership {
    /// The loop that beats. On success again after the interval, on failure after the backoff.
    func beat() async {
        var failures = 0
        while !Task.isCancelled, !isLeaving {
            let report = makeReport()
            advance {
                $0.onReport(report, now: .now)
                return $0.onTick(now: .now)
            }
            await fence()
            let me = me
            do {
                let view = try await registry.beat(me, report: report, ttl: configuration.ttl)
                hear(view)
                if view.standing == .fenced { rejoin(from: me.incarnation) }
                failures = 0
            } catch {
                if Task.isCancelled || isLeaving { return }
                if failures == 0 { logger.warning("heartbeat failed", metadata: ["error": "\(error)"]) }
                failures += 1
                advance { $0.onRegistryError(now: .now) }
            }
            // A pause no hint can shorten: a storm of hints must not become a storm of beats.
            await gapTimer.wait(configuration.minimumGap)
            await beatTimer.wait(failures == 0 ? nextInterval() : backoff(failures))
        }
    }

    /// Has the next heartbeat go out at once: what this member reports of itself has changed, and others should know.
    public func announce() { beatTimer.wake() }

    /// The loop that listens for hints. A hint, and the watch standing again after an outage, bring the next beat
    /// forward; without hints the beats alone do, only later.
    func watch() async {
        var failures = 0
        while !Task.isCancelled {
            do {
                try await registry.watch { self.beatTimer.wake() }
                failures = 0
            } catch {
                failures += 1
            }
            await watchTimer.wait(backoff(max(1, failures)))
        }
    }

    private func nextInterval() -> Duration {
        let jitter = min(max(0, configuration.jitter), 0.9)
        return max(.milliseconds(1), configuration.interval * Double.random(in: (1 - jitter)...(1 + jitter)))
    }

    /// Doubles from the minimum up to the maximum, then takes a random half to whole of it.
    private func backoff(_ failures: Int) -> Duration {
        let doubled = configuration.retryMinimum * (1 << min(max(0, failures - 1), 16))
        return max(.milliseconds(1), min(doubled, configuration.retryMaximum) * Double.random(in: 0.5...1))
    }
}
