import ArgumentParser
import Configuration
import FoundationEssentials
import NIOPosix
import RoostJobs

struct FsckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck", abstract: "Recount what a store keeps and report what does not fit.",
        discussion: """
            Goes through the store in small steps while work goes on. Status 0: all fits, or was put right; 65: something
            is left. A SQLite file must not be in use; jobs that have not ended are never deleted.

            roost fsck --store redis://127.0.0.1:6379
            roost fsck --store sqlite:./roost.db --repair
            """)

    @Flag(help: "Put right what can be.") var `repair` = false
    @Flag(help: "Print JSON.") var json = false
    @Option(help: "The store: redis://HOST:PORT, rediss://…, unix:///PATH or sqlite:PATH (the default: ./roost.db).")
    var store: String?
    @Option(help: "The cluster's name.") var cluster: String?
    @Option(help: "A JSON file with settings.") var config: String?

    func run() async throws {
        let settings = try await settings()
        switch settings.store {
        case .memory: throw Failure(.usage, "a store in memory ends with its process: there is nothing to look at")
        case .sqlite(let path) where !FileManager.default.fileExists(atPath: path):
            // Opening would make it.
            throw Failure(.notFound, "there is no file \(path) (--store)")
        default: break
        }
        let backend = try await Backend.open(
            settings, group: MultiThreadedEventLoopGroup.singleton, logger: LoggingSetup.logger(settings))
        let report: Result<StoreReport, StoreError>
        do throws(StoreError) { report = .success(try await backend.store.check(repair: `repair`)) } catch {
            report = .failure(error)
        }
        await backend.close()
        switch report {
        case .success(let report): try show(report)
        case .failure(let error): throw Failure(.unavailable, error.message)
        }
    }

    private func settings() async throws(Failure) -> Settings {
        var flags: [String: ConfigValue] = ["logLevel": .init(.string("error"), isSecret: false)]
        if let store { flags["store"] = .init(.string(store), isSecret: true) }
        if let cluster { flags["cluster"] = .init(.string(cluster), isSecret: false) }
        let reader = try await SettingsSources.reader(
            flags: flags, file: config, environment: ProcessInfo.processInfo.environment)
        return try Settings(reader: reader, defaultStore: .sqlite(path: "./roost.db"))
    }

    private func show(_ report: StoreReport) throws(Failure) {
        let left = report.findings.filter { !$0.isRepaired }.count
        if json {
            Console.print(document(report))
        } else {
            for finding in report.findings {
                let end = finding.isRepaired ? "repaired" : "left"
                Console.print("\(JobText.pad(finding.kind, 18)) \(finding.count)  \(end)  \(finding.detail)")
            }
            Console.print(
                "\(report.jobs) jobs looked at, \(report.findings.isEmpty ? "all fits" : "\(left) kinds left")")
        }
        guard left == 0 else {
            let advice = `repair` ? "could not be put right" : "do not fit: --repair puts right what can be"
            throw Failure(.badInput, "\(left) kinds of things \(advice)")
        }
    }

    private func document(_ report: StoreReport) -> [UInt8] {
        let findings = report.findings.map { finding -> [UInt8] in
            var members = JSONMembers()
            members.add("kind", finding.kind)
            members.add("count", finding.count)
            members.add("repaired", finding.isRepaired)
            members.add("detail", finding.detail)
            return members.bytes
        }
        var document = JSONMembers()
        document.add("jobs", report.jobs)
        document.add("clean", report.findings.allSatisfy(\.isRepaired))
        document.add(
            "findings", json: Array("[".utf8) + findings.joined(separator: [UInt8(ascii: ",")]) + Array("]".utf8))
        return document.bytes
    }
}
