// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.command.CheckCommand.RecordCheck;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.migration.port.FakeTime;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.StrayCounts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a check logs, and when. */
class FindingsTest {
  /** The longest entry of the log. */
  private static final int MAX_ENTRY_BYTES = 3_900_000;

  private final List<RecordCheck> entries = new ArrayList<>();
  private final Findings findings =
      new Findings(DataCheck.begun(1, CheckKind.VERIFY, 5, 0, 0), 7, new FakeTime(), entries::add);

  private static CheckedShard stray(String collection, long shard) {
    String id = "\u4e00".repeat(CheckedShard.MAX_SAMPLE);
    return new CheckedShard(
        collection,
        shard,
        100,
        99,
        new StrayCounts(1, 0, 0),
        Collections.nCopies(CheckedShard.MAX_SAMPLES, id));
  }

  @Test
  void strayPointsOnManyShardsFitIntoOneEntry() throws Exception {
    String name = "\u0001".repeat(CheckReport.MAX_NAME);
    for (int shard = 0; shard < 1_200; shard++) {
      findings.found(stray(name, shard));
    }
    findings.through(name);
    findings.flush();
    assertEquals(1, entries.size());
    CheckReport found = entries.get(0).found();
    assertTrue(found.rows().size() > 100, () -> found.rows().size() + " rows");
    assertEquals(1_200, found.rows().size() + found.others().rows());
    assertEquals(120_000, found.points());
    assertEquals(1_200, found.strays().total());
    Proposal proposal = Proposal.of(new Stamp("c1", Stamp.SYSTEM, 0), entries.get(0));
    assertTrue(EntryCodec.current().encode(proposal, 2).length <= MAX_ENTRY_BYTES);
  }

  @Test
  void aNameThatIsTooLongIsCut() throws Exception {
    String name = "x".repeat(5_000_000);
    findings.leftOut(name);
    findings.through(name);
    findings.flush();
    assertEquals(CheckReport.MAX_NAME, entries.get(0).upTo().length());
    assertEquals(103, entries.get(0).found().leftOut().get(0).length());
  }

  @Test
  void manySmallCollectionsShareAnEntry() throws Exception {
    for (int i = 0; i < 130; i++) {
      String name = "c%03d".formatted(i);
      findings.found(new CheckedShard(name, 0, 9, 9, StrayCounts.NONE, List.of()));
      findings.through(name);
    }
    findings.flush();
    assertEquals(List.of("c063", "c127", "c129"), entries.stream().map(RecordCheck::upTo).toList());
    assertEquals(
        List.of(Optional.empty(), Optional.of("c063"), Optional.of("c127")),
        entries.stream().map(RecordCheck::after).toList());
    assertEquals(
        130,
        entries.stream()
            .map(RecordCheck::found)
            .reduce(CheckReport.EMPTY, CheckReport::plus)
            .rows()
            .size());
  }
}
