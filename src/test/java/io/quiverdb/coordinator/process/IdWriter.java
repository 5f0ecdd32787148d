// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A client that allocates ids, one after the other, and knows who the members are. It notes what
 * was acknowledged, and the longest time for which it was refused.
 */
final class IdWriter {
  /** What Ratis says in a process that did not run for about an election time-out, or longer. */
  private static final List<String> STOOD_STILL =
      List.of("Detected pause in JVM", "JVM pause detected", "Unexpected long sleep");

  private final Rest rest = new Rest();
  private final Supplier<List<MemberProcess>> members;
  private final boolean inTurn;
  private final TreeSet<Long> acknowledged = new TreeSet<>();
  private final CompletableFuture<Void> writing;
  private Duration longest = Duration.ZERO;
  private String refusals = "";
  private volatile boolean stopped;

  private IdWriter(Supplier<List<MemberProcess>> members, boolean inTurn) {
    this.members = members;
    this.inTurn = inTurn;
    this.writing = CompletableFuture.runAsync(this::write);
  }

  /** One that keeps to a member for as long as that takes its writes. */
  static IdWriter atOne(Supplier<List<MemberProcess>> members) {
    return new IdWriter(members, false);
  }

  /** One that asks another member each time. */
  static IdWriter atAll(Supplier<List<MemberProcess>> members) {
    return new IdWriter(members, true);
  }

  private void write() {
    long last = System.nanoTime();
    StringBuilder refused = new StringBuilder();
    for (int turn = 0; !stopped; ) {
      List<MemberProcess> all = members.get();
      MemberProcess asked = all.get(turn % all.size());
      long began = System.nanoTime();
      Rest.Answer answer = rest.post(asked.http(), "/cluster/ids", "");
      long now = System.nanoTime();
      turn += inTurn || !answer.ok() ? 1 : 0;
      if (!answer.ok()) {
        Duration took = Duration.ofNanos(now - began);
        refused.append("\n%s after %s: %s".formatted(asked.id(), took, answer));
        continue;
      }
      if (refused.length() > 0 && Duration.ofNanos(now - last).compareTo(longest) > 0) {
        longest = Duration.ofNanos(now - last);
        refusals = refused.toString();
      }
      refused.setLength(0);
      last = now;
      assertTrue(
          acknowledged.add(answer.json().path("id").asLong()),
          () -> "given out twice: " + answer.body());
    }
  }

  /** Stops. No id was given out twice. */
  void end() {
    stopped = true;
    writing.join();
  }

  /**
   * Checks that writes were never refused for so long; call it last, because it may skip the rest
   * of the test.
   */
  void assertNeverRefusedFor(Duration limit, Supplier<String> lastWords) {
    boolean longer = longest.compareTo(limit) >= 0;
    assumeFalse(
        longer && stoodStill(),
        () -> "NOT TESTED: refused for " + longest + ", but the machine stood still meanwhile");
    assertFalse(longer, () -> "refused for " + longest + refusals + lastWords.get());
  }

  /** Whether some member got no CPU time: leaders are then lost without a fault of the program. */
  private boolean stoodStill() {
    return members.get().stream()
        .map(MemberProcess::output)
        .anyMatch(
            output -> {
              try {
                String said = Files.readString(output);
                return STOOD_STILL.stream().anyMatch(said::contains);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  /** What was acknowledged is not given out again by this member. */
  void assertNothingLostAt(MemberProcess member) {
    Rest.Answer answer = rest.post(member.http(), "/cluster/ids", "");
    long next = answer.json().path("id").asLong();
    assertTrue(next > acknowledged.last(), () -> answer.body() + " after " + acknowledged.last());
  }

  /** How many ids were acknowledged, and the longest time for which none was. */
  @Override
  public String toString() {
    return acknowledged.size() + " acknowledged, refused for " + longest + " at most";
  }
}
