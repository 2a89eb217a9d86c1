import FoundationEssentials
import RoostProcessKit
import RoostTestKit
import Testing

/// The console in a real browser: Tests/Browser, driven from Python over WebDriver against the real binary.
@Suite(.serialized) struct BrowserTests {
    @Test(
        "the console in headless Chromium",
        arguments: ["test_jobs", "test_hostile", "test_access", "test_cluster"])
    func browser(module: String) throws {
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
        let directory = try TemporaryDirectory()
        let output = "\(directory.path)/\(module).log"
        let tests = try ChildProcess.start(
            "env",
            [
                "ROOST_BINARY=\(RoostProgram.path)", "PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH=\(root)/Tests/Browser",
                "timeout", "--kill-after=10", "900", "python3", "-m", "unittest", "-v", module,
            ], output: output)
        let status = tests.wait(milliseconds: 920_000)
        #expect(status == 0, "\(TestOutput.text(output).suffix(20_000))")
    }
}
