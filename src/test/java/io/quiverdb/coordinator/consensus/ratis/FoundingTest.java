// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.Leadership.Role;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.StubReport;
import io.quiverdb.coordinator.consensus.ratis.Founding.Decision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who may vote in the first configuration. {@code a}, {@code b}, {@code c} with incarnations. */
class FoundingTest {
  private static final String ME = "a1";
  private static final List<String> OTHERS = List.of("b", "c");
  private static final List<String> MEMBERS = List.of("a=h:1", "b=h:2", "c=h:3");

  static MemberReport report(
      String id, String incarnation, Map<String, String> known, boolean empty, Role role) {
    StubReport report =
        StubReport.of(id)
            .incarnation(incarnation)
            .members(MEMBERS)
            .known(known)
            .role(role)
            .ready(false)
            .term(0)
            .index(7)
            .bootstrapped(false);
    return (empty ? report.empty() : report).build();
  }

  private static MemberReport fresh(String id, String incarnation) {
    return report(id, incarnation, Map.of(), true, Role.FOLLOWER);
  }

  private static Decision decide(MemberReport... answers) {
    Map<String, MemberReport> byId = new HashMap<>();
    for (MemberReport answer : answers) {
      byId.put(answer.id(), answer);
    }
    return decide(
        MEMBERS, new PeerAnswers(byId, Map.of("c", new java.io.IOException("connection refused"))));
  }

  private static Decision decide(List<String> members, PeerAnswers heard) {
    return Founding.decide("a", ME, members, OTHERS, heard);
  }

  @Test
  void aloneItFoundsAtOnce() {
    assertEquals(
        new Decision.Found(Map.of()),
        Founding.decide("a", ME, MEMBERS, List.of(), new PeerAnswers(Map.of(), Map.of())));
  }

  @Test
  void allEmptyFound() {
    assertEquals(
        new Decision.Found(Map.of("b", "b1", "c", "c1")),
        decide(fresh("b", "b1"), fresh("c", "c1")));
  }

  @Test
  void notBeforeEveryOneHasAnswered() {
    Decision.Wait wait = assertInstanceOf(Decision.Wait.class, decide(fresh("b", "b1")));
    assertTrue(wait.reason().contains("no answer yet from c"), wait::reason);
  }

  /** Two lists, two majorities without a member in common: two leaders. */
  @Test
  void nobodyFoundsWithOneThatIsConfiguredWithOtherMembers() {
    List<String> larger = List.of("a=h:1", "b=h:2", "c=h:3", "d=h:4", "e=h:5");
    Map<String, MemberReport> empty = Map.of("b", fresh("b", "b1"), "c", fresh("c", "c1"));
    Map<String, MemberReport> withData =
        Map.of("b", report("b", "b1", Map.of("a", "a0"), false, Role.LEADER));
    for (Map<String, MemberReport> answers : List.of(empty, withData)) {
      Decision.Wait wait =
          assertInstanceOf(Decision.Wait.class, decide(larger, new PeerAnswers(answers, Map.of())));
      assertTrue(wait.reason().contains("a=h:1, b=h:2, c=h:3, d=h:4, e=h:5"), wait::reason);
      assertTrue(wait.reason().contains("b is configured with a=h:1, b=h:2, c=h:3"), wait::reason);
    }
    Map<String, MemberReport> one = Map.of("b", fresh("b", "b1"));
    assertInstanceOf(
        Decision.Wait.class,
        decide(List.of("a=h:1", "b=h:2", "c=h:33"), new PeerAnswers(one, Map.of())));
  }

  @Test
  void aReportWithoutIncarnationIsNoAnswer() {
    assertInstanceOf(
        Decision.Wait.class,
        decide(fresh("b", "b1"), report("c", "", Map.of(), false, Role.FOLLOWER)));
  }

  @Test
  void dataOfAnotherThatDoesNotKnowMeMakesMeRejoinWithoutWaiting() {
    assertInstanceOf(
        Decision.Rejoin.class, decide(report("b", "b1", Map.of(), false, Role.LEADER)));
  }

  @Test
  void dataOfAnotherThatKnowsMyOldSelfMakesMeRejoin() {
    Decision.Rejoin rejoin =
        assertInstanceOf(
            Decision.Rejoin.class,
            decide(
                fresh("c", "c1"),
                report("b", "b1", Map.of("a", "a0", "c", "c1"), false, Role.LEADER)));
    assertTrue(rejoin.reason().contains("another incarnation"), rejoin::reason);
  }

  @Test
  void afterAFounderThatKnowsMyOldSelfIRejoinAlthoughItsLogIsEmpty() {
    assertInstanceOf(
        Decision.Rejoin.class,
        decide(
            fresh("c", "c1"),
            report("b", "b1", Map.of("a", "a0", "c", "c1"), true, Role.FOLLOWER)));
  }

  @DisplayName(
      "the slow third founds with those that founded with it, although they have data by now")
  @Test
  void theSlowThirdFoundsWithThoseThatHaveDataByNow() {
    Map<String, String> known = Map.of("a", ME, "b", "b1", "c", "c1");
    assertEquals(
        new Decision.Found(Map.of("b", "b1", "c", "c1")),
        decide(
            report("b", "b1", known, false, Role.LEADER),
            report("c", "c1", known, false, Role.FOLLOWER)));
  }

  @Test
  void oneThatKnowsMeDoesNotOutweighOneThatKnowsMyOldSelf() {
    assertInstanceOf(
        Decision.Rejoin.class,
        decide(
            report("b", "b1", Map.of("a", ME), true, Role.FOLLOWER),
            report("c", "c1", Map.of("a", "a0"), false, Role.FOLLOWER)));
  }

  @Test
  void oneThatKnowsMeIsNoReasonNotToHearTheLast() {
    assertInstanceOf(
        Decision.Wait.class, decide(report("b", "b1", Map.of("a", ME), false, Role.LEADER)));
  }

  @Test
  void whoWaitsForAdmissionIsNotVouchedForByAFounder() {
    Decision.Found found =
        assertInstanceOf(
            Decision.Found.class,
            decide(
                report("b", "b1", Map.of("a", ME, "c", "c0"), false, Role.FOLLOWER),
                report("c", "c9", Map.of(), true, Role.REJOINING)));
    assertEquals(Map.of("b", "b1"), found.incarnations());
  }

  @Test
  void nobodyFoundsAnewWhileOneKnowsOfDataThatIsNowhere() {
    Decision.Wait wait =
        assertInstanceOf(
            Decision.Wait.class,
            decide(fresh("b", "b1"), report("c", "c9", Map.of(), true, Role.REJOINING)));
    assertTrue(wait.reason().contains("lost data"), wait::reason);
  }
}
