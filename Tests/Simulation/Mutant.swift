/// Faults planted into the store, one at a time, to show that the checker would see them. The first four are those of
/// the tutorials that job systems on Redis Streams are often copied from.
enum Mutant: String, CaseIterable, Sendable {
    /// A failed job is acknowledged, waits in its worker's memory and is added again: gone if the worker dies.
    case retryWaitsInMemory
    /// The stream is capped: the oldest waiting jobs go when more than a few wait.
    case cappedStream
    /// The consumer group starts at the stream's end: jobs from before the first claim are never seen.
    case groupFromTheEnd
    /// Claims are taken back by age alone; no heartbeat keeps them.
    case noHeartbeat

    case settleWithoutFence
    case extendWithoutFence
    case tokenOutlivesReclaim
    case retryIsNotCounted
    case releaseIsCounted
    case settledTwice
    case claimedTwice
    case claimLeavesQueued
    case startsEarly
    case retryForgetsDelay
    case promotionLosesJobs
    case cancelLeavesInLane
    case cancelWishLost
    case retryBeatsCancel
    case pauseIsIgnored
    case pauseOfAllIsIgnored
    case limitOffByOne
    case limitIgnoresLostWorkers
    case tenantLimitIgnored
    case rateWindowForgets
    case reclaimsEarly
    case neverReclaims
    case crashesNotCounted
    case deadLetterVanishes
    case errorIsLost
    case resultIsLost
    case expiresFromStart
    case uniqueKeyLetGo
    case repeatResetsJob
    case requestKeyForgotten
    case childStartsEarly
    case childForgotten
    case failedParentIsDone
    case batchCountsTwice
    case followerStartsEarly
    case cronFiresTwice
    case cronLosesSlot
    case countsDrift
    case endIsLost
    case endIsToldTwice
    case deadlineIgnored
    case startByIgnored
    case quotaIgnored
    case replayKeepsCrashes

    case rescueTakesOthers
    case rescueTakesOne
    case deletedRuns
    case deleteTellsNobody
    case uniquePeriodIgnored
    case uniquePeriodLasts
    case replacedStays
    case extendIgnored
    case tenantRateIgnored
    case limitOfAllIgnored
    case rateOfAllIgnored
    case lowerBandsStarve
    case lowerBandsFirst
    case tenantsShareALane
    case retentionIgnored
    case retentionKeepsTooFew
    case noteWithoutFence
    case noteIsLost
    case neededParentGoes
}
