// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.WaitingOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A retry and a skip apply only to the hold for which they were given, and lose no point. */
class RetryRulesTest {
  private final Walk walk = new Walk();

  @Test
  void aRetryIsCountedAndEndsTheHold() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.ADOPTING);
    walk.accepted(walk.hold("r1"));
    walk.accepted(walk.retry(OptionalLong.empty()));
    assertEquals(1, walk.migration().retries());
    assertTrue(walk.migration().waitingOn().isEmpty());
    assertEquals(List.of(), walk.migration().skipped());
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"JOINING", "ADOPTING", "COPYING", "VERIFYING", "WARMING", "PROMOTED"})
  void noShardIsSkippedWherePointsCouldBeLost(Phase phase) {
    walk.start(MigrationKind.GROW);
    walk.to(phase);
    walk.accepted(walk.hold("s1"));
    assertEquals(Refusal.WRONG_PHASE, walk.refusal(walk.retry(OptionalLong.of(1))));
  }

  private static List<String> shards(Walk walk) {
    List<String> urls = new ArrayList<>();
    walk.state.map().shards().forEach(shard -> urls.addAll(shard.urls()));
    urls.add(walk.migration().plan().url());
    return urls;
  }

  /**
   * Between an operator's look and the entry the migration may have come to wait for another one.
   */
  @Test
  void onlyAShardThatIsWaitedForWhenTheEntryIsAppliedIsSkipped() {
    Walk walk = in(MigrationKind.GROW, Phase.DROPPING);
    walk.accepted(walk.hold("points are absent", List.of("http://s2:6333")));
    assertEquals(Refusal.WRONG_PHASE, walk.refusal(walk.retry(OptionalLong.of(1))));
    assertEquals(List.of(), walk.migration().skipped());
    walk.accepted(walk.retry(OptionalLong.of(2)));
    assertEquals(List.of(2L), walk.migration().skipped());
  }

  @Test
  void aRetryIsForTheHoldThatItWasGivenForAndForNoOther() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.DROPPING);
    walk.accepted(walk.hold("s1 is away"));
    WaitingOn seen = walk.migration().waitingOn().orElseThrow();
    Command retry = new Command.RetryMigration(1, OptionalLong.empty(), Optional.of(seen.id()));
    WaitingOn other = new WaitingOn("spill_threshold", "1001 are absent", seen.sinceMillis(), 1, 0);
    walk.accepted(new Command.HoldMigration(1, Phase.DROPPING, other, walk.term));
    assertEquals(Refusal.WRONG_PHASE, walk.refusal(retry));
    Command blind = new Command.RetryMigration(1, OptionalLong.empty(), Optional.empty());
    assertEquals(Refusal.WRONG_PHASE, walk.refusal(blind), "given while it waited for nothing");
    assertEquals(0, walk.migration().retries());
    assertEquals(Optional.empty(), walk.migration().retried());
    walk.accepted(new Command.RetryMigration(1, OptionalLong.empty(), Optional.of(other.id())));
    assertEquals(Optional.of(other), walk.migration().retried());
  }

  @ParameterizedTest
  @CsvSource({
    // kind, phase, who may be skipped: what may hold copies then; !: they are kept
    "GROW,  REVERTING, 0:3! 1:3! 2:3! 3:3",
    "GROW,  SETTLING,  0:0 1:1 2:2 3:0.1.2!",
    "GROW,  DROPPING,  0:0 1:1 2:2 3:0.1.2!",
    "GROW,  COOLING,   0: 1: 2: 3:",
    "DRAIN, REVERTING, 0:0 1:0.2! 2:2",
    "DRAIN, SETTLING,  0:1! 1:1 2:1!",
    "DRAIN, DROPPING,  0:1! 1:1 2:1!",
  })
  void aShardThatNeverComesBackIsSkippedAndWhatMayHoldCopiesIsNamed(
      MigrationKind kind, Phase phase, String may) {
    Map<Long, String> expected = new TreeMap<>();
    for (String one : may.split(" ")) {
      expected.put(Long.valueOf(one.substring(0, 1)), one.substring(2));
    }
    for (long id = -1; id < 5; id++) {
      Walk fresh = in(kind, phase);
      assertEquals(Refusal.WRONG_PHASE, fresh.refusal(fresh.retry(OptionalLong.of(id))));
      fresh.accepted(fresh.hold("it is dead", shards(fresh)));
      if (!expected.containsKey(id)) {
        assertEquals(Refusal.UNKNOWN_SHARD, fresh.refusal(fresh.retry(OptionalLong.of(id))));
        continue;
      }
      fresh.accepted(fresh.retry(OptionalLong.of(id)));
      assertEquals(List.of(id), fresh.migration().skipped());
      assertEquals(
          Walk.urls(expected.get(id)), fresh.migration().leftDirty(), kind + " " + phase + id);
      assertEquals(expected.get(id).endsWith("!"), fresh.migration().keepCopies());
      assertFalse(fresh.migration().holds());
      fresh.accepted(fresh.hold("it is dead", shards(fresh)));
      fresh.accepted(fresh.retry(OptionalLong.of(id)));
      assertEquals(List.of(id), fresh.migration().skipped(), "once is enough");
      assertEquals(
          Walk.urls(expected.get(id)), fresh.migration().leftDirty(), "and for its copies too");
    }
  }

  private static Walk in(MigrationKind kind, Phase phase) {
    Walk fresh = new Walk();
    fresh.start(kind);
    if (phase == Phase.REVERTING) {
      fresh.to(Phase.COPYING);
      fresh.accepted(fresh.cancel());
    } else {
      fresh.to(phase);
    }
    return fresh;
  }
}
