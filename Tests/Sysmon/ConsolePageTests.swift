import NIOCore
import Testing

@testable import RoostSysmon

/// The page as it is written: what no browser has to run to be sure of.
@Suite("the console's page")
struct ConsolePageTests {
    private static func text(_ asset: ConsoleAsset) -> String { String(buffer: asset.body) }

    private let page = Self.text(ConsoleAsset.page)
    private let files = ConsoleAsset.all.mapValues { Self.text($0) }

    @Test("it has no inline script or style and loads nothing foreign")
    func nothingInline() {
        #expect(!page.contains("style=") && !page.contains("<style"))
        for handler in ["onclick", "onload", "onsubmit", "onerror"] { #expect(!page.contains(handler)) }
        #expect(page.split(separator: "<script").dropFirst().allSatisfy { $0.hasPrefix(" src=\"assets/") })
        for (name, text) in files where name != "icon.svg" {
            // An address of the web stands in comments and as an example only.
            let lines = text.split(separator: "\n").filter { !$0.contains("placeholder") && !$0.contains("https?:") }
            let foreign = lines.filter { $0.contains("://") && !$0.contains("https://\"") }
            #expect(foreign.allSatisfy { $0.contains("http://www.w3.org/2000/svg") }, "\(name): \(foreign)")
            #expect(!text.contains("@import"), "\(name)")
        }
    }

    @Test("nothing makes markup, code or style of text")
    func noMarkup() {
        let dangers = [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", ".style.",
            "srcdoc", "DOMParser", "createContextualFragment", "setHTMLUnsafe",
        ]
        for (name, text) in files where name.hasSuffix(".js") {
            for danger in dangers { #expect(!text.contains(danger), "\(name): \(danger)") }
        }
    }

    @Test("every address in it is relative, so that a proxy may put it under a prefix")
    func relative() {
        let quoted = [
            "fetch(\"/", "fetch(`/", "EventSource(\"/", "href: \"/", "href: `/", "from \"/", "src=\"/", "href=\"/",
        ]
        for (name, text) in files.merging(["page": page], uniquingKeysWith: { $1 }) {
            for start in quoted { #expect(!text.contains(start), "\(name): \(start)") }
        }
    }

    @Test("what one file takes from another is there")
    func imports() {
        for (name, text) in files where name.hasSuffix(".js") {
            for line in text.split(separator: "\n") where line.hasPrefix("import ") {
                let parts = line.split(separator: "\"")
                let source = parts.count > 1 ? String(parts[1].dropFirst(2)) : ""
                let exporter = files[source] ?? ""
                #expect(!exporter.isEmpty, "\(name) takes from \(source)")
                guard let open = line.firstIndex(of: "{"), let close = line.firstIndex(of: "}") else { continue }
                for word in line[line.index(after: open)..<close].split(separator: ",") {
                    let word = word.split(separator: " ").first ?? ""
                    let forms = ["function", "async function", "const", "class"].map { "export \($0) \(word)" }
                    #expect(forms.contains(where: exporter.contains), "\(name): \(word) of \(source)")
                }
            }
        }
        for part in page.split(separator: "\"") where part.hasPrefix("assets/") {
            #expect(files[String(part.dropFirst("assets/".count))] != nil, "\(part)")
        }
    }

    @Test("no file is longer than three hundred lines")
    func length() {
        for (name, text) in files { #expect(text.split(separator: "\n").count <= 300, "\(name)") }
    }
}
