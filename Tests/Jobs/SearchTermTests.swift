import RoostJobs
import Testing

@Suite("Searchable fields")
struct SearchTermTests {
    @Test("a term and its field come back as they were, whatever the value")
    func round() {
        for value in ["42", "a b", "a=b,c;d\n", "é🚀", "%41", "\u{0}", String(repeating: "\u{1}", count: 128)] {
            let term = SearchTerm.text(field: "order.id", value: value)
            #expect(term.utf8.allSatisfy { JobName.isValid(String(UnicodeScalar($0))) || $0 == 0x3D || $0 == 0x25 })
            #expect(SearchTerm.fields([term]) == ["order.id": value])
        }
        #expect(SearchTerm.text(field: "user", value: "a b/é") == "user=a%20b/%C3%A9")
        #expect(SearchTerm.fields(["tag", "a=%4", "b=%zz", "c=%ff", "d=%FF", "e=1"]) == ["e": "1"])
        #expect(SearchTerm.words(tags: ["b", "a", "b"], terms: ["x": "2", "a": "1"]) == ["b", "a", "a=1", "x=2"])
    }

    @Test("paths lead to texts, numbers and flags; whatever else there is, is passed over")
    func paths() {
        let payload = #"{"a":"x","b":{"c":1.50,"d":{"e":true}},"b.c":"near","n":null,"l":[1],"s":"","u":"\u00e9"}"#
        var job = NewJob(type: "t", payload: Array(payload.utf8))
        job.makeSearchable(["a", "b.c", "b.d.e", "n", "l", "s", "b", "missing", "a.b", "b.missing", "", ".", "u"])
        #expect(job.terms == ["a": "x", "b.c": "near", "b.d.e": "true", "u": "é"])
        #expect(job.issues.isEmpty)
        var number = NewJob(type: "t", payload: Array(#"{"b":{"c":1.50}}"#.utf8))
        number.makeSearchable(["b.c"])
        #expect(number.terms == ["b.c": "1.50"])
        var list = NewJob(type: "t", payload: Array("[1]".utf8))
        list.makeSearchable(["a"])
        #expect(list.terms.isEmpty)
        var long = NewJob(type: "t", payload: Array(#"{"a":"\#(String(repeating: "x", count: 129))"}"#.utf8))
        long.makeSearchable(["a"])
        #expect(long.issues.map(\.path) == ["searchable"])
    }

    @Test("a query that nothing can match is known as such")
    func impossible() {
        let possible = [
            JobQuery(), JobQuery(tag: "a", error: "x", terms: ["a": "b"]),
            JobQuery(since: Timestamp(milliseconds: 1), until: Timestamp(milliseconds: 2)),
        ]
        for query in possible { #expect(!query.isImpossible) }
        let impossible = [
            JobQuery(type: ""), JobQuery(tag: "a b"), JobQuery(tag: String(repeating: "x", count: 41)),
            JobQuery(worker: ""), JobQuery(error: "\u{0}"), JobQuery(terms: ["": "x"]), JobQuery(terms: ["x": ""]),
            JobQuery(since: Timestamp(milliseconds: 2), until: Timestamp(milliseconds: 2)),
        ]
        for query in impossible { #expect(query.isImpossible, "\(query)") }
    }
}
