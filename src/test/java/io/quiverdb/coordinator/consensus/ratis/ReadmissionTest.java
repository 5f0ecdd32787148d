// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.Leadership.Role;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.StubReport;
import io.quiverdb.coordinator.consensus.ratis.Readmission.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a leader does about a member, and whom it takes for stuck. */
class ReadmissionTest {
  private static final Optional<String> OLD = Optional.of("b1");

  private static Optional<MemberReport> says(String incarnation, boolean empty, Role role) {
    return Optional.of(FoundingTest.report("b", incarnation, Map.of(), empty, role));
  }

  @Test
  void aHealthyMemberIsLeftAlone() {
    assertEquals(
        Step.NONE, Readmission.decide(true, OLD, true, says("b1", false, Role.FOLLOWER), false));
  }

  @Test
  void oneThatDoesNotAnswerOrDoesNotKnowItselfIsLeftAlone() {
    assertEquals(Step.NONE, Readmission.decide(true, OLD, true, Optional.empty(), true));
    assertEquals(
        Step.NONE, Readmission.decide(true, OLD, true, says("", false, Role.FOLLOWER), true));
  }

  @Test
  void aWipedMemberGoesOutIsAdmittedAndAdded() {
    assertEquals(
        Step.REMOVE, Readmission.decide(true, OLD, true, says("b2", true, Role.REJOINING), false));
    assertEquals(
        Step.ADMIT, Readmission.decide(true, OLD, false, says("b2", true, Role.REJOINING), false));
    Optional<String> admitted = Optional.of("b2");
    assertEquals(
        Step.ADD,
        Readmission.decide(true, admitted, false, says("b2", true, Role.REJOINING), false));
    assertEquals(
        Step.NONE,
        Readmission.decide(true, admitted, true, says("b2", false, Role.REJOINING), false));
  }

  @Test
  void oneThatIsWipedAgainAfterItsAdmissionGoesOutAgain() {
    assertEquals(
        Step.REMOVE,
        Readmission.decide(true, Optional.of("b2"), true, says("b3", true, Role.REJOINING), false));
  }

  @Test
  void whomAnotherLeaderAdmittedIsLearnt() {
    assertEquals(
        Step.LEARN, Readmission.decide(true, OLD, true, says("b2", false, Role.FOLLOWER), false));
  }

  @Test
  void oneThatStillDecidesWhetherItFoundsIsNotLearnt() {
    assertEquals(
        Step.NONE, Readmission.decide(true, OLD, true, says("b2", true, Role.FOLLOWER), false));
  }

  @Test
  void whoWasTakenOutByALeaderThatDiedIsAdded() {
    assertEquals(
        Step.ADD, Readmission.decide(true, OLD, false, says("b1", false, Role.CANDIDATE), false));
  }

  /** The present self of a member would not be retired with it. */
  @Test
  void nobodyIsReplacedBeforeTheFoundersAreRecorded() {
    Optional<String> none = Optional.empty();
    for (boolean votes : List.of(true, false)) {
      assertEquals(
          Step.NONE,
          Readmission.decide(false, none, votes, says("b2", true, Role.REJOINING), false));
      assertEquals(
          Step.NONE,
          Readmission.decide(false, none, votes, says("b1", false, Role.FOLLOWER), false));
    }
    assertEquals(
        Step.ADD, Readmission.decide(false, OLD, false, says("b1", false, Role.CANDIDATE), false));
    assertEquals(
        Step.READD, Readmission.decide(false, OLD, true, says("b1", false, Role.FOLLOWER), true));
  }

  @Test
  void oneThatStandsStillIsCured() {
    assertEquals(
        Step.READD, Readmission.decide(true, OLD, true, says("b1", false, Role.FOLLOWER), true));
  }

  @Test
  void noChangeWithoutAMajorityBesidesTheMember() {
    assertTrue(Readmission.keepsQuorum(3, 2));
    assertFalse(Readmission.keepsQuorum(3, 1));
    assertFalse(Readmission.keepsQuorum(2, 1));
    assertTrue(Readmission.keepsQuorum(5, 3));
    assertFalse(Readmission.keepsQuorum(5, 2));
  }

  private static StalledFollowerDetector standstill() {
    return new StalledFollowerDetector(Duration.ofSeconds(10), Duration.ofMillis(900));
  }

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private static boolean stuckAfter(
      StalledFollowerDetector standstill,
      long match,
      long next,
      long applied,
      long commit,
      int second) {
    return stuckAfter(standstill, match, next, applied, commit, second, Duration.ZERO);
  }

  private static boolean stuckAfter(
      StalledFollowerDetector standstill,
      long match,
      long next,
      long applied,
      long commit,
      int second,
      Duration silence) {
    MemberReport report =
        StubReport.of("b").ready(false).term(1).index(applied).bootstrapped(false).build();
    return standstill.check(
        new MemberProgress("b", match, next, silence), report, commit, 50, second * SECOND);
  }

  @Test
  void stuckIsWhoDoesNotMoveForLongWhileOthersDo() {
    StalledFollowerDetector standstill = standstill();
    assertFalse(stuckAfter(standstill, 90, 91, 60, 100, 0));
    assertFalse(stuckAfter(standstill, 90, 91, 60, 150, 9));
    assertTrue(stuckAfter(standstill, 90, 91, 60, 200, 10));
  }

  @Test
  void whoMovesOrHasEverythingOrGetsASnapshotIsNot() {
    StalledFollowerDetector moving = standstill();
    assertFalse(stuckAfter(moving, 90, 91, 60, 100, 0));
    assertFalse(stuckAfter(moving, 90, 91, 61, 100, 11));
    assertFalse(stuckAfter(moving, 90, 91, 61, 100, 20));
    StalledFollowerDetector idle = standstill();
    assertFalse(stuckAfter(idle, 100, 101, 100, 100, 0));
    assertFalse(stuckAfter(idle, 100, 101, 100, 100, 60));
    StalledFollowerDetector snapshot = standstill();
    assertFalse(stuckAfter(snapshot, 10, 11, 10, 100, 0));
    assertFalse(stuckAfter(snapshot, 10, 11, 10, 100, 60));
  }

  /** Its network, its disk or its start is slow: nothing that a leader does would help. */
  @Test
  void whoDoesNotAnswerOverRaftIsNotEither() {
    StalledFollowerDetector standstill = standstill();
    Duration silence = Duration.ofSeconds(1);
    assertFalse(stuckAfter(standstill, 90, 91, 60, 100, 0, silence));
    assertFalse(stuckAfter(standstill, 90, 91, 60, 150, 20, silence));
    assertFalse(stuckAfter(standstill, 90, 91, 60, 150, 21), "counts from when it answers again");
    assertFalse(stuckAfter(standstill, 90, 91, 60, 150, 29));
    assertTrue(stuckAfter(standstill, 90, 91, 60, 150, 30));
  }

  @Test
  void whatFailsIsTriedLessAndLess() {
    Backoff backoff = new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(7));
    assertTrue(backoff.due("b", 0));
    backoff.attempted("b", 0);
    assertFalse(backoff.due("b", 2 * SECOND - 1));
    assertTrue(backoff.due("b", 2 * SECOND));
    assertTrue(backoff.due("c", 0));
    backoff.attempted("b", 2 * SECOND);
    assertFalse(backoff.due("b", 6 * SECOND - 1));
    backoff.attempted("b", 6 * SECOND);
    assertFalse(backoff.due("b", 13 * SECOND - 1));
    assertTrue(backoff.due("b", 13 * SECOND));
    backoff.forget("b");
    backoff.attempted("b", 20 * SECOND);
    assertTrue(backoff.due("b", 22 * SECOND));
  }
}
