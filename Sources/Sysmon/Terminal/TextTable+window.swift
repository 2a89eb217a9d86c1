extension TextTable {
    /// The heading and `height - 1` rows: those around the marked one when there are more. The marked row begins with
    /// `>` and is drawn in reverse, so that it is seen without colours too.
    func window(width: Int, height: Int, marked: Int?) -> [StyledLine] {
        guard height > 1 else { return [] }
        let margin = 2
        let top = Self.top(count: rows.count, height: height - 1, marked: marked)
        let lines = self.lines(width: width - margin, from: top, count: height - 1)
        return lines.enumerated().map { offset, line in
            let isMarked = offset > 0 && top + offset - 1 == marked
            var result = StyledLine(ascii: ascii)
            result.add(isMarked ? "> " : "  ")
            result.add(line)
            guard isMarked else { return result }
            result.pad(to: width)
            return result.restyled(.selected)
        }
    }

    /// The first row shown: the marked one is in the middle, unless the beginning or the end is near.
    static func top(count: Int, height: Int, marked: Int?) -> Int {
        min(max(0, (marked ?? 0) - height / 2), max(0, count - height))
    }
}
