@testable import RoostJobs

extension Simulation {
    mutating func happen(_ event: SimulatedEvent) {
        let line = story == nil ? "" : "\(Double(time) / 1e6) \(now.microseconds) \(event)"
        story?.append(line)
        switch event {
        case .send(let call, let number): if isCallerAlive(call) { carry(call, number: number) }
        case .execute(let call, let number): execute(call, number: number)
        case .answer(let call, let number, let answer):
            guard isCallerAlive(call), !isStalled(call, event) else { return }
            guard answered.insert(number).inserted else { return }
            hear(call, answer)
        case .timeout(let call, let number):
            guard isCallerAlive(call), !isStalled(call, event), answered.insert(number).inserted else { return }
            missed(call)
        case .attemptEnds(let place, let incarnation, let token):
            guard isAlive(place, incarnation), !isStalled(place, event) else { return }
            attemptEnded(place, token)
        case .beat(let place, let incarnation):
            guard isAlive(place, incarnation), !isStalled(place, event) else { return }
            beat(place)
        case .crash(let place): crash(place)
        case .restart(let place): restart(place)
        case .stall(let place, let span):
            struck("stall")
            workers[place].stalledUntil = Timestamp(microseconds: time + span.clampedMicroseconds)
        case .duties: duties()
        case .scheduler: schedule()
        case .clockStep(let step):
            struck("clock step")
            checker.poll(store.machine, now: now)
            skew += step.clampedMicroseconds
        case .act: act()
        }
    }

    private func isCallerAlive(_ call: SimulatedCall) -> Bool {
        call.worker.map { isAlive($0.place, $0.incarnation) } ?? true
    }

    private func isAlive(_ place: Int, _ incarnation: Int) -> Bool {
        workers[place].isAlive && workers[place].incarnation == incarnation
    }

    /// A process that is stopped sees things when it goes on.
    private mutating func isStalled(_ call: SimulatedCall, _ event: SimulatedEvent) -> Bool {
        call.worker.map { isStalled($0.place, event) } ?? false
    }

    private mutating func isStalled(_ place: Int, _ event: SimulatedEvent) -> Bool {
        let until = workers[place].stalledUntil.microseconds
        guard until > time else { return false }
        queue.add(event, at: until)
        return true
    }

    // MARK: Duties

    private mutating func duties() {
        store.promote(now: now)
        checker.poll(store.machine, now: now)
        let reclaimed = store.reclaim(now: now)
        checker.reclaimed(reclaimed, now: now)
        if store.prune(now: now) { checker.pruned(store.machine) }
        add(.duties, after: .milliseconds(Int.random(in: 1500...2500, using: &random)))
    }

    /// One of two schedulers looks for slots that are due.
    private mutating func schedule() {
        guard time < Self.quiet else { return }
        if let slot = store.machine.dueCrons(limit: 10, now: now).due.crons.first?.next { send(.fireCron(slot: slot)) }
        add(.scheduler, after: .milliseconds(Int.random(in: 500...1500, using: &random)))
    }

    // MARK: Processes

    private mutating func crash(_ place: Int) {
        guard workers[place].isAlive else { return }
        struck("crash")
        store.died(workers[place].name)
        workers[place].isAlive = false
        workers[place].running = [:]
        add(.restart(worker: place), after: .seconds(Int.random(in: 1...10, using: &random)))
        // Its machine is there yet and says at once that the process is gone, most of the time.
        if chance(60) { send(.rescue(workers[place].name), after: .milliseconds(pick([50, 500, 3000]))) }
    }

    private mutating func restart(_ place: Int) {
        workers[place].incarnation += 1
        workers[place].isAlive = true
        workers[place].isClaiming = false
        workers[place].stalledUntil = Timestamp(microseconds: 0)
        add(.beat(worker: place, incarnation: workers[place].incarnation), after: .seconds(1))
        claim(place)
    }

    mutating func claim(_ place: Int) {
        guard workers[place].free > 0, !workers[place].isClaiming else { return }
        workers[place].isClaiming = true
        send(.claim(worker: place, incarnation: workers[place].incarnation, limit: workers[place].free))
    }

    private mutating func beat(_ place: Int) {
        let incarnation = workers[place].incarnation
        let tickets = workers[place].running.values.map(\.ticket).sorted { $0.token < $1.token }
        if !tickets.isEmpty { send(.extend(worker: place, incarnation: incarnation, tickets: tickets)) }
        claim(place)
        add(.beat(worker: place, incarnation: incarnation), after: .seconds(4))
    }

    private mutating func attemptEnded(_ place: Int, _ token: UInt64) {
        guard let attempt = workers[place].running[token], !attempt.isSettling else { return }
        if attempt.ticket.type == "poison" { return crash(place) }
        workers[place].running[token]?.isSettling = true
        send(
            .settle(
                worker: place, incarnation: workers[place].incarnation, ticket: attempt.ticket, outcome: attempt.outcome
            ))
    }

    // MARK: Answers

    private mutating func hear(_ call: SimulatedCall, _ answer: SimulatedAnswer) {
        switch (call, answer) {
        case (.claim(let place, let incarnation, _), .claims(let claims)):
            workers[place].isClaiming = false
            for claim in claims { begin(claim, place, incarnation) }
            if !claims.isEmpty { self.claim(place) }
        case (.extend(let place, let incarnation, _), .extended(let extended)):
            for ticket in extended.lost { workers[place].running[ticket.token] = nil }
            for ticket in extended.cancelled where workers[place].running[ticket.token]?.isSettling == false {
                workers[place].running[ticket.token]?.isSettling = true
                send(
                    .settle(
                        worker: place, incarnation: incarnation, ticket: ticket, outcome: .cancelled(reason: "told")))
            }
        case (.settle(let place, _, let ticket, _), .settled):
            workers[place].running[ticket.token] = nil
            claim(place)
        default: break
        }
    }

    /// Nothing was heard of a call.
    private mutating func missed(_ call: SimulatedCall) {
        if case .claim(let place, _, _) = call {
            workers[place].isClaiming = false
            return claim(place)
        }
        if call.isRepeated { send(call) }
    }

    private mutating func begin(_ claim: Claim, _ place: Int, _ incarnation: Int) {
        workers[place].running[claim.ticket.token] = SimulatedWorker.Attempt(
            ticket: claim.ticket, outcome: outcome(claim.job))
        let spans = claim.job.type == "poison" ? [1, 50] : [1, 50, 500, 3000, 12_000, 25_000]
        let work = Duration.milliseconds(pick(spans))
        add(.attemptEnds(worker: place, incarnation: incarnation, token: claim.ticket.token), after: work)
        if isFaulty, chance(20) {
            // Some of them arrive when the attempt is over.
            let progress = [UInt8(clamping: claim.job.attempt), UInt8.random(in: 0...255, using: &random)]
            let note = SimulatedCall.note(
                worker: place, incarnation: incarnation, ticket: claim.ticket, progress: progress)
            send(note, after: pick([.milliseconds(20), work / 2, work + .seconds(2)]))
        }
    }

    private mutating func outcome(_ job: JobRecord) -> Outcome {
        // Once the faults are over everything shall come to an end.
        if !isFaulty { return .succeeded(result: Array("\(job.id) \(job.attempt)".utf8)) }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<25:
            if job.failures >= job.maxAttempts { return .failed(error: "gave up") }
            return .retry(after: .seconds(pick([0, 1, 4])), error: "failed \(job.attempt)")
        case 25..<32: return .failed(error: "for good")
        case 32..<37: return .snoozed(.seconds(pick([0, 2])))
        case 37..<42: return .released
        default: return .succeeded(result: Array("\(job.id) \(job.attempt)".utf8))
        }
    }
}
