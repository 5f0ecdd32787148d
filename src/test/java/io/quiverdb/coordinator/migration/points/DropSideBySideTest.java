// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.CopiedMigration;
import io.quiverdb.coordinator.migration.StubShards;
import io.quiverdb.coordinator.migration.StubShards.Stub;
import io.quiverdb.coordinator.migration.port.FakeTime;
import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.Spills;
import io.quiverdb.coordinator.migration.port.VirtualWorld;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.PointSlice;
import io.quiverdb.coordinator.migration.step.StubStepControl;
import io.quiverdb.coordinator.migration.wait.UnknownOutcomes;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PhaseEntry;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.shard.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sixteen donors whose deletes cost waiting, in virtual time. */
@Timeout(60)
class DropSideBySideTest {
  private static final int DONORS = 16;
  private static final long NEW = 99;
  private static final String DOCS = "docs";
  private static final Duration DISK = Duration.ofMillis(20);

  private final VirtualWorld world = new VirtualWorld();
  private final StubShards shards = new StubShards(world);
  private final MigrationPlan plan =
      new MigrationPlan(MigrationKind.GROW, NEW, url(NEW), List.of(), false, List.of());
  private final List<Spills.Spilled> spilled = new ArrayList<>();
  private ShardMap map;
  private StubStepControl control;

  @BeforeEach
  void flipped() {
    List<Shard> all = new ArrayList<>();
    for (long id = 0; id < DONORS; id++) {
      all.add(new Shard(id, url(id), List.of()));
    }
    all.add(new Shard(NEW, url(NEW), List.of()));
    map = new ShardMap(7, all, List.of(), List.of());
    PointSlice slice = PointSlice.of(plan, map);
    List<Row> moved = new ArrayList<>();
    for (int i = 0; i < 9_000; i++) {
      Row row = CopiedMigration.row("p%05d".formatted(i));
      Shard donor = slice.counterpart(row.id());
      if (donor != null) {
        moved.add(row);
        shards.at(donor.primaryUrl()).rows.computeIfAbsent(DOCS, n -> new ArrayList<>()).add(row);
      }
    }
    shards.at(url(NEW)).rows.put(DOCS, moved);
    for (long id = 0; id < DONORS; id++) {
      shards.at(url(id)).delay = DISK;
    }
    control =
        new StubStepControl(
            new FakeTime(),
            Migration.prepared(1, plan, new PhaseEntry(Phase.DROPPING, 1, 1, "c1", 0), map, 0),
            map);
    control.onHold = what -> pause();
  }

  /** A donor that holds does not stop the others. */
  private void pause() {
    try {
      world.sleep(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theyAreCleanedInAQuarterOfTheTimeEachAtItsOwnPace() throws Exception {
    Duration one = took(List.of(url(0)));
    Duration others = took(urls().subList(1, DONORS));
    assertTrue(
        others.multipliedBy(4).compareTo(one.multipliedBy(DONORS - 1)) < 0, one + " " + others);
    assertEquals(List.of(), left(urls()));
    urls().forEach(url -> assertEquals(1, shards.at(url).mostDeletes, url));
  }

  /** A page of each, and of the owner for each, is kept: all in 24 MiB, twice. */
  @DisplayName("eight are cleaned at the same time, with pages that fit into memory together")
  @Test
  void eightAreCleanedAtOnceWithPagesThatFitIntoMemory() throws Exception {
    pass(1_000);
    assertEquals(List.of(), left(urls()));
    assertEquals(8, shards.mostDeletes);
    int scans = 2 * 8;
    assertTrue(
        2 * scans * (long) shards.largestPage <= (24 << 20) / 4 * 5, shards.largestPage + "");
  }

  /** Of donors of which the others have nothing to delete. */
  private Duration took(List<String> which) throws Exception {
    List<List<Row>> rows = new ArrayList<>();
    for (String url : urls()) {
      Stub stub = shards.at(url);
      rows.add(stub.rows.get(DOCS));
      if (!which.contains(url)) {
        stub.rows.put(DOCS, new ArrayList<>());
      }
    }
    Duration before = world.elapsed();
    pass(1_000);
    for (int i = 0; i < DONORS; i++) {
      if (!which.contains(url(i))) {
        shards.at(url(i)).rows.put(DOCS, rows.get(i));
      }
    }
    return world.elapsed().minus(before);
  }

  @Test
  void aDeadDonorKeepsNoOtherFromBeingCleaned() throws Exception {
    shards.at(url(2)).down = true;
    List<String> others = new ArrayList<>(urls());
    others.remove(url(2));
    control.onHold =
        what -> {
          pause();
          if (control.holds.size() == 20) {
            assertEquals(List.of(), left(others));
            control.migration = control.migration.skipping(2, List.of(url(2)));
          }
        };
    pass(1_000);
    assertEquals(List.of(url(2)), left(urls()));
    assertEquals(20, control.holds.size());
  }

  /** What is said of one donor's points is not taken for a word about those of another one. */
  @Test
  void anOperatorIsAskedAboutOneDonorAtATime() throws Exception {
    shards.at(url(NEW)).rows.put(DOCS, new ArrayList<>());
    List<String> asked = new ArrayList<>();
    control.onHold =
        what -> {
          pause();
          String about = control.holds.get(control.holds.size() - 1);
          assertTrue(about.startsWith("spill_threshold"), about);
          String donor = about.replaceAll(".*the last ones from (\\S+) in .*", "$1");
          if (!asked.contains(donor)) {
            asked.add(donor);
          }
          assertTrue(spilled.size() <= 10, () -> spilled.size() + " are gone unasked");
          if (control.holds.size() % 3 == 0) {
            control.migration =
                control
                    .migration
                    .retryingNow()
                    .skipping(Long.parseLong(donor.replaceAll("\\D", "")), List.of(donor));
          } else {
            assertEquals(control.holds.size() / 3 + 1, asked.size(), asked::toString);
          }
        };
    pass(10);
    assertEquals(DONORS, asked.size());
    assertEquals(urls(), left(urls()), "all were skipped");
  }

  /** It waits with one point of its own that the owner lacks; the owner loses the others then. */
  @DisplayName("what vanishes while a donor waits for the answer about another one is asked for")
  @Test
  void whatVanishesDuringAQuestionAboutAnotherDonorIsAskedFor() throws Exception {
    Stub owner = shards.at(url(NEW));
    List<Row> ofWaiting = List.copyOf(shards.at(url(1)).rows.get(DOCS));
    List<Row> there = new ArrayList<>(owner.rows.get(DOCS));
    there.removeAll(shards.at(url(0)).rows.get(DOCS).subList(0, 11));
    there.remove(ofWaiting.get(0));
    owner.rows.put(DOCS, there);
    urls().subList(2, DONORS).forEach(url -> shards.at(url).rows.put(DOCS, new ArrayList<>()));
    shards.at(url(1)).delay = Duration.ofSeconds(2);
    control.onHold =
        what -> {
          pause();
          String about = control.holds.get(control.holds.size() - 1);
          if (control.holds.size() < 30) {
            assertTrue(about.contains("the last ones from " + url(0)), about);
          } else if (control.holds.size() == 30) {
            owner.rows.get(DOCS).removeAll(ofWaiting);
            control.migration = control.migration.retryingNow();
          } else {
            assertTrue(about.contains("the last ones from " + url(1)), about);
            control.migration = control.migration.retryingNow().skipping(1, List.of(url(1)));
          }
        };
    pass(10);
    assertTrue(control.holds.size() > 30, "asked about the second one as well");
    assertEquals(ofWaiting, shards.at(url(1)).rows.get(DOCS));
  }

  private void pass(int threshold) throws Exception {
    MigrationContext context =
        new MigrationContext(
            SampleMigrations.settings(20, threshold),
            shards,
            url -> map,
            world,
            world,
            () -> Long.MAX_VALUE,
            control,
            (duration, what) -> world.sleep(duration),
            (id, rows) -> spilled.addAll(rows),
            MemoryBudget.ofHeap(96 << 20));
    DataCalls calls =
        new DataCalls(
            context.calls(),
            new Pacer(Duration.ofMillis(25)),
            new PageSizes(),
            new UnknownOutcomes());
    var unused =
        new Drop(context, calls, new AbsentCounter(context.control(), threshold))
            .pass(List.of(StubShards.collection(DOCS, 1_000, "2", java.util.Optional.of(true))));
  }

  private List<String> left(List<String> urls) {
    return urls.stream().filter(url -> !shards.at(url).rows.get(DOCS).isEmpty()).toList();
  }

  private static List<String> urls() {
    List<String> urls = new ArrayList<>();
    for (int id = 0; id < DONORS; id++) {
      urls.add(url(id));
    }
    return urls;
  }

  private static String url(long id) {
    return "http://d" + id;
  }
}
