import RoostJobs

extension [JobID] {
    /// Makes a call for each, all at once: the store puts them together. The answers come in no order.
    /// - Throws: what one of them threw, after all were made.
    func atOnce<Answer: Sendable>(
        _ call: @escaping @Sendable (JobID) async throws(StoreError) -> Answer
    ) async throws(StoreError) -> [Answer] {
        let results = await withTaskGroup(of: Result<Answer, StoreError>.self) { group in
            for id in self {
                group.addTask {
                    do throws(StoreError) { return .success(try await call(id)) } catch { return .failure(error) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var answers: [Answer] = []
        for result in results { answers.append(try result.get()) }
        return answers
    }
}
