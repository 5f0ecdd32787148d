// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.ratis.FakeRaft.When;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The leader dies before, during and after each of its effects in a change of the members: each
 * entry, each change of the voters, each transfer of the leadership. The next leader, or the same
 * one after a restart, completes the change.
 */
class LeaderDiesInMemberChangeTest {
  static Stream<Arguments> kinds() {
    return Stream.of(MemberChangeCourse.values())
        .flatMap(course -> Stream.of(When.values()).map(when -> Arguments.of(course, when)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("kinds")
  void eachMomentIsSurvived(MemberChangeCourse course, When when) throws Exception {
    List<String> moments = moments(course);
    for (int fatal = 1; fatal <= moments.size(); fatal++) {
      FakeRaft raft = new FakeRaft(when, fatal);
      try {
        course.run(raft);
      } catch (AssertionError e) {
        throw new AssertionError(
            "the leader died " + when + " " + fatal + " of " + moments + "\n" + raft.moments(), e);
      }
      assertTrue(raft.moments().size() >= fatal, "it has died");
    }
  }

  private static List<String> moments(MemberChangeCourse course) throws InterruptedException {
    FakeRaft raft = new FakeRaft(When.BEFORE, 0);
    course.run(raft);
    return raft.moments();
  }

  /** Otherwise some moments would not be tried. */
  @ParameterizedTest
  @EnumSource
  void eachCourseBeginsWithTheFoundersAndEndsWithItsLastStep(MemberChangeCourse course)
      throws Exception {
    List<String> moments = moments(course);
    assertEquals(
        List.of("admit_member", "admit_member", "admit_member", "record_members"),
        moments.subList(0, 4));
    assertEquals("finish_member_step", moments.get(moments.size() - 1), moments::toString);
  }
}
