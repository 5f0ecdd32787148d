// SPDX-License-Identifier: Apache-2.0
/**
 * What proves the engine of migrations, and what each proof is about. A test checks that every name
 * in these lists is that of a test; worlds of {@code io.quiverdb.coordinator.migration.sim} try
 * what nobody thought of.
 *
 * <p>The interleavings of the protocol, and the tests that play them:
 *
 * <pre>
 *  1 a repair held before it is sent, while a put or a delete completes on both sides
 *      ReconcileTest#aPutWhileARepairIsHeldBeforeItIsSent
 *      ReconcileTest#aDeleteWhileARepairIsHeldBeforeItIsSent
 *  2 straddle: a put that a repair overwrites before it reaches the donor
 *      ReconcileTest#aPutThatIsOnTheTargetWhenARepairUndoesItAndNotYetAtTheDonor
 *      ReconcileTest#aPutThatIsOnTheTargetWhenTheCopyUndoesItAndNotYetAtTheDonor
 *  3 the same with a repair that timed out and is applied late
 *      ReconcileTest#aRepairThatTimedOutAndIsAppliedLate
 *  4 two routers, of v1 and v0, write one key in the adoption window
 *      InterleavingTest#twoRoutersOfDifferentVersionsPutOneKeyInTheAdoptionWindow
 *      InterleavingTest#twoRoutersPutAndDeleteOneKeyInTheAdoptionWindow
 *  5 a router pinned on v0; a write to the donor alone, late within request_drain
 *      PhaseInterleavingTest#aRouterPinnedOnTheMapBeforeTheMigration
 *      RoutersBarrierTest#waitsForALaggingRouterAndNamesIt
 *  6 a router pinned on v1 after the flip; its writes leave no orphan
 *      PhaseInterleavingTest#aRouterPinnedOnTheJoiningMapAfterTheFlip
 *      InterleavingTest#aRouterThatStillWritesTwiceAfterTheFlipLeavesNoOrphan
 *  7 a delete and an overwrite between flip and drop; searches are right after DONE
 *      InterleavingTest#deletesAndOverwritesBetweenFlipAndDropLeaveTheDonorEmpty
 *      IndexTest#coolsUntilSearchesHaveForgottenWhatWasDropped
 *  8 deletes and inserts at page edges, of the overlap row, of the last page; an empty page
 *      ScanTest#deletesBehindTheCursorHideNothing
 *      ScanTest#theOverlapRowMayGo
 *      ScanTest#allThatWasReadMayGo
 *      ScanTest#anEmptyPageIsNoEnd
 *      ScanTest#theLastPageMayVanish
 *      ScanTest#insertsBehindTheCursorRepeatNothing
 *  9 the leader killed in every phase of join, revert and drain
 *      PhaseInterleavingTest#aLeaderKilledInAnyPhaseOfJoinRevertAndDrain
 *      NewLeaderTest#aNewLeaderIsQuietBeforeItTouchesPointsInEveryPhase
 *      CopyTest#goesOnFromTheLoggedCursorWhereverItWasStopped
 * 10 cancel in every phase with a request outstanding, then a join again
 *      PhaseInterleavingTest#aCancelInAnyPhaseWithOneOfOurRequestsUnderWayThenAnotherJoin
 *      RevertCleanupTest#aCopyThatArrivesLateIsRemovedAsWell
 *      RevertCleanupTest#aShardThatJoinsOnceMoreIsWaitedForUntilItsOldRequestsAreOver
 *      OperatorRulesTest#aCancelIsTakenUpToTheFlipAndNotAfterIt
 * 11 cancel racing PROMOTED in the log; a PROMOTED of an older term
 *      OperatorRulesTest#aCancelThatComesFirstWinsOverTheFlip
 *      LeaderRulesTest#everyEntryOfAnotherTermIsRefused
 * 12 a cancelled drain, a delete through the shard that stays, a search, a second drain
 *      InterleavingTest#aDeleteAfterACancelledDrainStaysDeletedThroughTheNextOne
 * 13 an orphan on a third shard before a join, on a survivor before a drain
 *      CopyTest#anOrphanOnAThirdShardIsNotTheTruth
 *      ReconcileTest#anOrphanOnAThirdShardChangesNothing
 *      ReconcileDrainTest#aDrainPutsStaleCopiesOnSurvivorsRight
 *      DropTest#removesOrphansOfTheSliceOnThirdShardsToo
 * 14 the same URL, with a slash, as an alias; a target that is not empty, or read-only
 *      PreflightTest#aUrlThatIsInTheMapAlready
 *      PreflightTest#aTargetThatIsAnotherShardUnderAnotherName
 *      PreflightTest#aTargetThatIsNotEmpty
 *      PreflightTest#aTargetThatIsReadOnly
 * 15 a second migration refused in every phase, on the way back too
 *      MigrationStartTest#aSecondOneIsRefusedInEveryPhaseAndUsesUpNoId
 *      MigrationStartTest#aSecondOneIsRefusedWhileTheFirstIsTakenBack
 * 16 a router dying between its two writes, before and after the verification
 *      InterleavingTest#aRouterThatDiesBetweenItsTwoWritesBeforeTheVerification
 *      InterleavingTest#aRouterThatDiesBetweenItsTwoWritesAfterTheVerification
 * 17 errors, time-outs, garbage and a collection's 404 on any read
 *      ReconcileTest#anErrorIsNeverAbsence
 *      ReconcileTest#aCollectionThatIsMissingOnOneSideIsNotEmpty
 *      DropTest#anErrorOfTheOwnerIsNeverAbsence
 *      ScanTest#errorsAreNeverAnEnd
 *      ScanTest#aMissingCollectionIsNoEmptyOne
 *      ScanTest#aShardThatAnswersGarbageFailsTheStepInTheEnd
 *      CollectionSchemasTest#anErrorIsNoAbsence
 *      ShardFaultsTest#onlyAnEmptyNotFoundIsAnAbsentPoint
 * 18 a collection created or dropped during the window
 *      CollectionSchemasTest#oneThatIsMissingTwiceIsMadeAndReported
 *      CollectionSchemasTest#oneThatOnlyTheJoiningShardHasIsDropped
 * 19 a hot key that never converges: the round limit, then a clean revert
 *      ReconcileTest#aHotKeyThatNeverConvergesMeetsTheRoundLimit
 *      MigrationExecutorTest#aStepThatCannotBeDoneTurnsTheMigrationBack
 * 20 a new shard dying while it joins; a donor dying while it is copied
 *      DyingShardTest#aJoiningShardThatDiesIsGivenUp
 *      PhaseInterleavingTest#aDonorThatDiesWhileCopyingAndComesBack
 *      CopyTest#holdsWhileADonorIsAwayAndGoesOnWhenItIsBack
 * 21 the drop's sentinel and threshold; what the spill restores
 *      DropTest#oneStoreUnderTwoNamesIsFoundOutByTheFirstDeletes
 *      DropTest#tooManyAbsentOnesAreForTheOperatorToJudge
 *      DropTest#isUnconditionalAndKeepsWhatTheOwnerLacksOrHasOtherwise
 * 22 a target that searches its old snapshot, or not until a build ends
 *      IndexTest#waitsUntilSearchesFindWhatWasMoved
 *      IndexTest#opensOneSearchAndClosesItTheMomentTheIndexIsThere
 *      SearchesTest#missNothingThatWasThereThroughout
 * 23 a router with a version above ours, or ours with other content
 *      PreflightTest#aRouterThatDoesNotConfirm
 *      RoutersBarrierTest#holdsForAHigherVersion
 *      RoutersBarrierTest#holdsForAnotherContent
 * 24 a shard paused with a write of ours, or a client's, inside
 *      InterleavingTest#aShardThatStandsStillWithOneOfOurWritesInside
 *      PollingHealthyWaitTest#beginsAgainAfterAShardThatStoodStill
 * 25 a leader dying with a delete or a bulk in flight that lands late
 *      PhaseInterleavingTest#aLeaderKilledInAnyPhaseOfJoinRevertAndDrain
 *      NewLeaderTest#timeAloneDoesNotEndTheQuietOfATakeover
 *      MigrationServiceTest#nothingStartsBeforeAnEarlierLeadersRequestsAreOver
 * 26 a collection created, dropped, made anew with another dimension, in every phase
 *      PhaseInterleavingTest#collectionsThatComeAndGoInAnyPhase
 *      CollectionSchemasTest#nothingIsDroppedOnAShardThatServes
 * 27 a scoped key; 421; a replica that stops; donors that differ; a leftover probe
 *      PreflightTest#aKeyThatHidesCollections
 *      PreflightTest#aShardThatDoesNotAnswerOrTakesNoWrites
 *      CopyTest#aMemberOfARaftGroupHoldsTheMigration
 *      IndexTest#aReplicaThatStaysBehindHoldsTheMigrationByName
 *      PreflightTest#nothingIsTriedOnShardsWhileSomethingElseIsWrong
 *      PreflightTest#aLeftoverProbeIsRemoved
 * 28 an id that differs on the new shard at the drop is in the spill file
 *      DropTest#isUnconditionalAndKeepsWhatTheOwnerLacksOrHasOtherwise
 * 29 the leader, and the target, stopped and resumed at the worst moments
 *      FencedChangesTest#aChangeIsCutShortWhenTheMomentPassesInTheMiddle
 *      FencedChangesTest#aChangeIsStoppedWhenTheMomentPassedBeforeItsHeaders
 *      MigrationServiceTest#aLeaseEndsWithTheReadThatProvesIt
 *      NewLeaderTest#aDeposedLeaderLogsNothingAndEnds
 *      InterleavingTest#aShardThatStandsStillWithOneOfOurWritesInside
 * 30 a dead new shard, donor, leaving shard, survivor, wherever copies are removed
 *      DeadShardTest#aDonorThatDiesWhileAGrowIsTakenBack
 *      DeadShardTest#theNewShardThatDiesWhileTheFlipIsAdopted
 *      DeadShardTest#theNewShardThatDiesWhileTheDonorsAreCleaned
 *      DeadShardTest#aSurvivorThatDiesWhileTheFlipIsAdopted
 *      DeadShardTest#aLeavingShardThatDiesWhileItsDrainIsTakenBack
 *      DyingShardTest#aJoiningShardThatDiesIsGivenUp
 *      DropTest#aDeadDonorHoldsUntilItIsSkippedAndTheOthersAreCleanedFirst
 *      DyingShardTest#aLeavingShardThatDiesAfterTheFlipIsSkipped
 *      RevertCleanupTest#deletesNothingWhileTheOnlyOtherCopiesAreAway
 * 31 a request that a deposed leader gave up, held by the network for up to 55 s
 *      LateDeliveryTest#aDeposedLeadersRequestNeverArrives
 *      GivenUpRequestTest#afterAKill
 * 32 one that the same leader gave up, in a drain
 *      LateDeliveryTest#aLeadersOwnRequestOfADrainNeverArrives
 *      GivenUpRequestTest#afterATimeOut
 *      GivenUpRequestTest#afterAnInterruption
 * 33 a drop of a collection that was given up
 *      LateDeliveryTest#aDropOfACollectionThatWasGivenUpNeverArrives
 * 34 a donor, or the shard that leaves, that comes back empty before or in a comparison
 *      DonorDataCheckTest#aDonorThatCameBackEmptyHoldsTheVerificationBeforeOneCopyGoes
 *      DonorDataCheckTest#aLeavingShardWithoutAnyCollectionHoldsTheDrain
 *      DonorDataCheckTest#aDonorThatLosesItsPointsInARoundIsNoticedBeforeACopyGoes
 *      MigrationSimTest#noWorldLosesWhatItAcknowledged
 * 35 the same before collections are dropped, and before copies are wiped
 *      CollectionSchemasTest#oneWithPointsThatNoDonorHasIsDroppedIfAnOperatorSaysSo
 *      DonorDataCheckTest#copiesStayWhileADonorOfAJoinThatIsTakenBackHasLostItsPoints
 *      DonorDataCheckTest#survivorsKeepCopiesWhileTheOwnerHasLostItsPoints
 * 36 a router that falls back after the flip, while the donors are cleaned
 *      OutdatedRouterGuardTest#aRouterThatFallsBackAfterTheFlipStopsTheDropUntilItConfirms
 *      OutdatedRouterGuardTest#aNewLeaderDropsNothingBeforeALateRouterConfirms
 *      OutdatedRouterGuardTest#aDropIsNotOverWhileARouterThatWasLateMayHaveWrittenToDonors
 *      OutdatedRouterGuardTest#pointsThatComeBackPassAfterPassAreForTheOperatorToFind
 * 37 a retry, or a skip, that comes when the migration waits for something else
 *      RetryRulesTest#aRetryIsForTheHoldThatItWasGivenForAndForNoOther
 *      RetryRulesTest#onlyAShardThatIsWaitedForWhenTheEntryIsAppliedIsSkipped
 *      DonorDataCheckTest#onlyARetryOfThatVeryHoldIsAWord
 * 38 leaders that come and go while a drop meets points that their owner lacks
 *      DropTest#whatALeaderBeforeMetAbsentCounts
 * 39 a leader that dies when a migration is only prepared
 *      NewLeaderTest#aNewLeaderMakesTheChecksAgainAndGoesOnWithWhatWasPrepared
 *      NewLeaderTest#aNewLeaderAbandonsWhatDoesNotPassTheChecksAnyMore
 *      LeaderKilledEverywhereTest#eachMomentIsSurvived
 * 40 a migration right after an election that no migration was active at; clocks that jump
 *      NewLeaderTest#onlyAMigrationThatMayHaveRequestsUnderWayOwesTheQuietOfATakeover
 *      MigrationSimTest#noWorldLosesWhatItAcknowledged
 * 41 a sweep beside clients, migrations and faults; its leader dies at any moment
 *      SweepSimTest#nothingIsLostWhateverFails
 *      SweepSimTest#aLeadersDeathAtAnyMoment
 *      SweepSimTest#lateDeletes
 * </pre>
 *
 * <p>The safeguards, and for each a test that goes red when it is taken out:
 *
 * <pre>
 * barrier: every router confirms version and content
 *      RoutersBarrierTest#waitsForALaggingRouterAndNamesIt
 * barrier: other content never passes
 *      RoutersBarrierTest#holdsForAnotherContent
 * barrier: map_staleness
 *      RoutersBarrierTest#waitsForStaleMembersAndForWhatBeganBefore
 * barrier: request_drain, before the copy
 *      PhaseInterleavingTest#aRouterPinnedOnTheMapBeforeTheMigration
 * barrier: request_drain, before the drop
 *      PhaseInterleavingTest#aRouterPinnedOnTheJoiningMapAfterTheFlip
 * barrier: asked once more after the waits
 *      RoutersBarrierTest#aRouterThatFellBackMeanwhileIsWaitedForAnew
 * time counts only while all answer
 *      PollingHealthyWaitTest#beginsAgainAfterAShardThatStoodStill
 * quiet after a takeover
 *      PhaseInterleavingTest#aLeaderKilledInAnyPhaseOfJoinRevertAndDrain
 * quiet after a takeover: through shards that answer
 *      NewLeaderTest#timeAloneDoesNotEndTheQuietOfATakeover
 * no next migration before that
 *      MigrationServiceTest#nothingStartsBeforeAnEarlierLeadersRequestsAreOver
 * outcomes known before the next step
 *      PhaseInterleavingTest#aCancelInAnyPhaseWithOneOfOurRequestsUnderWayThenAnotherJoin
 * compare-and-set on the term
 *      LeaderRulesTest#everyEntryOfAnotherTermIsRefused
 * compare-and-set on the phase
 *      LeaderRulesTest#everyEntryThatExpectsAnotherPhaseOrMigrationIsRefused
 * a flip only on copies verified in the same term
 *      LeaderRulesTest#nobodyFlipsOnCopiesThatALeaderBeforeHimVerified
 * the leader verifies again after a takeover
 *      NewLeaderTest#aNewLeaderVerifiesAgainBeforeTheFlip
 * no other work while a flip may be logged
 *      NewLeaderTest#nothingIsRepairedWhileAFlipMayStillBeLogged
 * routers asked once more before the flip
 *      VerifiedAgainTest#aRouterThatFellBackBeforeTheFlipHasEverythingVerifiedAgain
 * a verification that is owed is owed by the log, whatever breaks a step off
 *      VerifiedAgainTest#aVerificationThatIsOwedIsNotForgotten
 *      VerifiedAgainTest#aVerificationThatIsOwedIsNotForgottenInAPause
 *      VerifiedAgainTest#aRouterThatFellBackInALongWarmingMeansAnotherVerification
 * the deadline in the body of a change
 *      FencedChangesTest#aChangeIsCutShortWhenTheMomentPassesInTheMiddle
 * one migration at a time
 *      MigrationStartTest#aSecondOneIsRefusedInEveryPhaseAndUsesUpNoId
 * verification waits for request_drain
 *      ReconcileTest#aPutThatIsOnTheTargetWhenARepairUndoesItAndNotYetAtTheDonor
 * data_timeout after a repair without an answer
 *      ReconcileTest#aRepairThatTimedOutAndIsAppliedLate
 * a repair is compared once more
 *      ReconcileTest#repairsWhatIsMissingOtherwiseOrTooMuch
 * the round limit
 *      ReconcileTest#aHotKeyThatNeverConvergesMeetsTheRoundLimit
 * pages overlap by a row
 *      ScanTest#deletesBehindTheCursorHideNothing
 * an error is never absence: in a listing
 *      ReconcileTest#anErrorIsNeverAbsence
 * an error is never absence: of a point
 *      DropTest#anErrorOfTheOwnerIsNeverAbsence
 * orphans of third shards are not the truth
 *      CopyTest#anOrphanOnAThirdShardIsNotTheTruth
 * collections: a difference seen twice, request_drain apart
 *      CollectionSchemasTest#oneThatIsMissingTwiceIsMadeAndReported
 *      CollectionSchemasTest#oneThatIsSeenForTheFirstTimeAtTheSecondLookIsLeftAloneToo
 * collections: dropped on a joining shard only
 *      CollectionSchemasTest#nothingIsDroppedOnAShardThatServes
 * searches find what was moved before the flip
 *      IndexTest#waitsUntilSearchesFindWhatWasMoved
 * one open search a build, closed when it is there
 *      IndexTest#opensOneSearchAndClosesItTheMomentTheIndexIsThere
 * a replica that stays behind holds
 *      IndexTest#aReplicaThatStaysBehindHoldsTheMigrationByName
 * the drop is unconditional
 *      InterleavingTest#deletesAndOverwritesBetweenFlipAndDropLeaveTheDonorEmpty
 * the drop goes on until a scan finds none
 *      InterleavingTest#aRouterThatStillWritesTwiceAfterTheFlipLeavesNoOrphan
 * the sentinel
 *      DropTest#oneStoreUnderTwoNamesIsFoundOutByTheFirstDeletes
 * the spill, before the delete
 *      DropTest#isUnconditionalAndKeepsWhatTheOwnerLacksOrHasOtherwise
 * an owner has to prove that it still has its points
 *      DropLostOwnerTest#whatAnOwnerHadBeforeItCameBackEmptyIsKept
 * the spill reaches the disk
 *      SpillFilesTest#aPointIsOnTheDiskAndSoIsTheNameOfItsFileBeforeItCountsAsKept
 * the threshold
 *      DropTest#tooManyAbsentOnesAreForTheOperatorToJudge
 * a late copy is awaited before the wipe
 *      RevertCleanupTest#aCopyThatArrivesLateIsRemovedAsWell
 * no wipe while the truth is away
 *      RevertCleanupTest#deletesNothingWhileTheOtherShardHasLostTheCollection
 * no deletion when the truth was skipped
 *      DeadShardTest#theNewShardThatDiesWhileTheFlipIsAdopted
 * a joining shard that is unhealthy is given up
 *      DyingShardTest#aJoiningShardThatDiesIsGivenUp
 * EMPTY
 *      PreflightTest#aTargetThatIsNotEmpty
 * no alias
 *      PreflightTest#aTargetThatIsAnotherShardUnderAnotherName
 * no alias of a leaving shard
 *      PreflightTest#aLeavingShardThatIsAnotherOneUnderAnotherName
 * a router that is registered late is verified after
 *      VerifiedAgainTest#aRouterRegisteredBeforeTheFlipMeansAnotherVerification
 * nobody watched the routers between two executors of a term
 *      VerifiedAgainTest#anotherExecutorOfTheSameTermVerifiesBeforeTheFlip
 * an unscoped key
 *      PreflightTest#aKeyThatHidesCollections
 * no check of the data during a migration, nor of another map
 *      CheckRulesTest#aMigrationEndsIt
 *      CheckRulesTest#anotherMapEndsItInTheSameEntry
 * a stray is looked at twice
 *      StrayScanTest#thatIsGoneAtTheSecondLookIsNone
 * a sweep: the barrier, and request_drain
 *      SweepRunnerTest#aRouterOnAnOlderMapIsWaitedForAndThenItsRequests
 *      SweepRunnerTest#whereAdoptionIsAssumedAFixedTimeStandsForTheRouters
 * a sweep: no delete while a router has fallen back, or is silent
 *      SweepRunnerTest#aRouterThatFallsBackOrIsSilentMeanwhileSuspendsIt
 * a sweep: each point is compared right before it goes
 *      StraySweepTest#aPointIsComparedAsItIsWhenItGoes
 * a sweep: an old comparison proves nothing
 *      StraySweepTest#whatAnOwnerHadBeforeItCameBackEmptyIsKept
 * a sweep: the spill, before the delete
 *      SweepRunnerTest#aPointIsDeletedOnlyWhenItIsInTheFile
 * a sweep: the limit of what owners lack
 *      StraySweepTest#tooManyOnlyCopiesAreLeft
 * a sweep: an error is never absence
 *      StraySweepTest#aPointWhoseOwnerCannotBeReadStays
 * a sweep: one store under two names
 *      SweepRunnerTest#oneStoreUnderTwoNamesIsLeftAlone
 *      StraySweepTest#ofOneStoreUnderTwoNamesHardlyAnythingIsLost
 * a sweep: the map stays as it is
 *      SweepRulesTest#theMapStaysAsItIs
 * a sweep: its outcomes are known before the map is free
 *      SweepRunnerTest#theMapIsFreeOnlyWhenNoDeleteCanArriveAnyMore
 *      SweepRunnerTest#aShardThatIsSilentWithADeleteInsideKeepsTheMap
 *      SweepRunnerTest#theMapIsFreeWhenThatShardHasAnsweredForLongEnough
 * a sweep: quiet after a takeover
 *      SweepRunnerTest#aNewLeaderWaitsForTheRequestsOfTheOldOne
 *      SweepRunnerTest#aNewLeaderEndsWhatIsBeingStoppedAfterTheQuiet
 *      SweepRulesTest#oneThatWasEndedByForceIsNotForgotten
 * a sweep: no endless chain of leaders
 *      SweepRunnerTest#theThirdLeaderWithoutProgressGivesItUp
 * no piece of a report counts twice
 *      CheckRulesTest#aPieceCountsOnce
 *      VerifySimTest#theNextLeaderGoesOn
 * no step of a plan begins twice
 *      PlanRulesTest#noStepBeginsTwice
 *      PlanRunnerTest#aLeaderMayDieAtEachEntry
 * what is done beside a step ends with it
 *      StepTaskTest#itsEndIsAwaitedThoughTheOneWhoWaitsIsInterruptedTwice
 * </pre>
 */
package io.quiverdb.coordinator.migration;
