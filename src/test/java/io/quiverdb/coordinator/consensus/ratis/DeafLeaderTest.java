// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.Leadership.Role;
import io.quiverdb.coordinator.consensus.MemberReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** When leader a gives up because the others cannot reach it. */
class DeafLeaderTest {
  private static final Set<String> THREE = Set.of("a", "b", "c");
  private static final Map<String, String> REFUSED = Map.of("a", "Connection refused");
  private static final MemberReport DEAF_TO_B = says("b", false, REFUSED);
  private static final MemberReport DEAF_TO_C = says("c", false, REFUSED);

  private final DeafLeader leader = new DeafLeader("a", Duration.ofSeconds(10));

  private static MemberReport says(String id, boolean ready, Map<String, String> unreachable) {
    return MembershipWatchTest.says(id, Role.FOLLOWER, ready, 5, unreachable);
  }

  private boolean check(int second, Set<String> voters, MemberReport... reports) {
    return leader.check(
        voters,
        List.of(reports).stream().collect(Collectors.toMap(MemberReport::id, report -> report)),
        Duration.ofSeconds(second).toNanos());
  }

  @Test
  void allMustComplainForTheWholeTime() {
    assertFalse(check(0, THREE, DEAF_TO_B, DEAF_TO_C));
    assertFalse(check(9, THREE, DEAF_TO_B, DEAF_TO_C));
    assertTrue(check(10, THREE, DEAF_TO_B, DEAF_TO_C));
    leader.reset();
    assertFalse(check(11, THREE, DEAF_TO_B, DEAF_TO_C));
  }

  @Test
  void aRoundWithoutOneOfThemBeginsAnew() {
    assertFalse(check(0, THREE, DEAF_TO_B, DEAF_TO_C));
    assertFalse(check(9, THREE, DEAF_TO_B));
    assertFalse(check(10, THREE, DEAF_TO_B, DEAF_TO_C));
    assertFalse(check(19, THREE, DEAF_TO_B, DEAF_TO_C));
    assertTrue(check(20, THREE, DEAF_TO_B, DEAF_TO_C));
  }

  /** A busy machine: their reads time out, but they can connect. */
  @Test
  void notToBeReadyIsNoComplaint() {
    for (int second = 0; second < 60; second++) {
      assertFalse(check(second, THREE, says("b", false, Map.of()), says("c", false, Map.of())));
      assertFalse(check(second, THREE, DEAF_TO_B, says("c", false, Map.of("b", "refused"))));
    }
  }

  @Test
  void whoIsHeardByOneStays() {
    Set<String> five = Set.of("a", "b", "c", "d", "e");
    MemberReport toD = says("d", false, REFUSED);
    for (int second = 0; second < 60; second++) {
      assertFalse(check(second, five, DEAF_TO_B, DEAF_TO_C, toD, says("e", true, Map.of())));
    }
  }

  /** The successor would have only this member to vote with, and may not reach it. */
  @Test
  void thoseThatComplainMustBeAMajorityWithoutIt() {
    for (int second = 0; second < 60; second++) {
      assertFalse(check(second, THREE, DEAF_TO_B));
      assertFalse(check(second, Set.of("a", "b"), DEAF_TO_B, DEAF_TO_C));
      assertFalse(check(second, Set.of("a", "b", "d"), DEAF_TO_B, DEAF_TO_C));
    }
  }
}
