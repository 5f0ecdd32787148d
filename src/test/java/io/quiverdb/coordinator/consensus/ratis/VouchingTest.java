// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.StubReport;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whether {@code a}, whose data is of incarnation {@code a1}, may vote. */
class VouchingTest {
  private static MemberReport knows(String id, String incarnation, String... retired) {
    return StubReport.of(id)
        .incarnation(id + "1")
        .known(incarnation.isEmpty() ? Map.of() : Map.of("a", incarnation))
        .retired(retired)
        .ready(false)
        .build();
  }

  private static Vouching.Verdict judge(List<String> others, MemberReport... answers) {
    return judge(List.of(), others, answers);
  }

  private static Vouching.Verdict judge(
      List<String> replaced, List<String> others, MemberReport... answers) {
    Map<String, MemberReport> reports = new TreeMap<>();
    for (MemberReport answer : answers) {
      reports.put(answer.id(), answer);
    }
    Map<String, Throwable> failures = new TreeMap<>();
    others.stream()
        .filter(id -> !reports.containsKey(id))
        .forEach(id -> failures.put(id, new IOException("connection refused")));
    return Vouching.judge("a", "a1", replaced, others, new PeerAnswers(reports, failures));
  }

  /**
   * Those that vouch and those that know of an admission have a member in common, in any ensemble.
   */
  @Test
  void noAdmissionIsMissed() {
    IntStream.range(1, 12)
        .forEach(
            others ->
                assertEquals(others + 1, Vouching.admitting(others) + Vouching.vouching(others)));
    assertEquals(2, Vouching.admitting(2), "of three members both others, which all wait for");
    assertEquals(1, Vouching.vouching(2), "with itself a majority of three");
    assertEquals(2, Vouching.vouching(4), "with itself a majority of five");
  }

  @Test
  void oneOfTwoOthersIsEnoughToVouchAndToRefuse() {
    List<String> others = List.of("b", "c");
    assertInstanceOf(Vouching.Verdict.Vouched.class, judge(others, knows("b", "a1")));
    assertEquals(new Vouching.Verdict.Retired("c"), judge(others, knows("c", "a2", "a1")));
    assertEquals(
        new Vouching.Verdict.Retired("c"),
        judge(others, knows("b", "a1"), knows("c", "a2", "a1")),
        "b lags");
  }

  /** It was down when {@code a} was admitted as {@code a1}; all others up are needed, and know. */
  @Test
  void whoKnowsWhatWasReplacedByThisOneVouchesToo() {
    List<String> others = List.of("b", "c", "d", "e");
    assertInstanceOf(
        Vouching.Verdict.Vouched.class,
        judge(List.of("a0"), others, knows("b", "a1"), knows("c", "a0")));
    assertInstanceOf(
        Vouching.Verdict.Unknown.class,
        judge(List.of("a0"), others, knows("b", "a1"), knows("c", "a2")),
        "a successor that this one has never heard of");
    assertEquals(
        new Vouching.Verdict.Retired("d"),
        judge(List.of("a0"), others, knows("b", "a1"), knows("c", "a0"), knows("d", "a2", "a1")));
  }

  @Test
  void whoHasNoMemoryVouchesForNobody() {
    Vouching.Verdict.Unknown unknown =
        assertInstanceOf(Vouching.Verdict.Unknown.class, judge(List.of("b", "c"), knows("b", "")));
    assertTrue(
        unknown.reason().contains("b (does not know this member's data directory)"),
        unknown::reason);
    assertTrue(unknown.reason().contains("c (connection refused)"), unknown::reason);
    assertInstanceOf(
        Vouching.Verdict.Unknown.class,
        judge(List.of("b", "c", "d", "e"), knows("b", "a1"), knows("c", "a0")));
  }
}
