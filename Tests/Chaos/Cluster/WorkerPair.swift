import RoostProcessKit
import RoostTestKit

/// Two processes that each are API and worker, on one Redis, and a client of the first.
struct WorkerPair {
    let programs: [RoostProgram]
    let client: JobClient
    /// What their handlers wrote down.
    let notebook: Notebook
    private let directory: TemporaryDirectory

    init(store: String) async throws {
        directory = try TemporaryDirectory()
        let (path, notebook) = (directory.path, Notebook(path: "\(directory.path)/notebook"))
        self.notebook = notebook
        programs = try (0..<2).map { _ in
            try RoostProgram(
                ["up", "--store", store, "--port", "0", "--mesh-port", "0", "--console-port", "0", "--demo"],
                name: "up", in: path, environment: ["ROOST_DEMO_RECORD": notebook.path])
        }
        guard let base = try await programs[0].parts()?["http"], try await programs[1].parts() != nil else {
            throw Surprise("no addresses")
        }
        client = JobClient(base: base)
    }

    /// Stops both; whether they ended as they should.
    func finish() async throws -> Bool {
        await client.close()
        return try programs.map { try $0.stop() } == [0, 0]
    }
}
