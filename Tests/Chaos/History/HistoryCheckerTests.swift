import Testing

@Suite struct HistoryCheckerTests {
    @Test("a history that went well passes, killed and silent workers included")
    func good() {
        let checker = HistoryChecker(HistoryFixture.good)
        #expect(checker.violations == [])
        let figures = checker.figures
        #expect(figures.submitted == 10 && figures.accepted == 8 && figures.refused == 1 && figures.recovered == 1)
        #expect(figures.lost == 0 && figures.duplicates == 2 && figures.explained == 2 && figures.falseRescues == 0)
        #expect(figures.rescues == [1.000_001])
        #expect(figures.ends == ["done": 8, "cancelled": 1])
    }

    @Test("a planted fault is caught by the rule that is meant for it", arguments: PlantedFault.all)
    func caught(fault: PlantedFault) {
        var history = HistoryFixture.good
        fault.spoil(&history)
        let rules = HistoryChecker(history).violations.map(\.rule)
        #expect(rules.contains(fault.rule), "\(rules)")
    }

    @Test("the order in which a history is told does not matter")
    func order() {
        let checker = HistoryChecker(HistoryFixture.good.reversed())
        #expect(checker.violations == [])
    }
}
