// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.IdempotencyKey;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Result;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.state.Applied;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The counted time, by members whose wall clocks are wrong. */
class EnsembleClockTest {
  private static final long START = Instant.parse("2026-11-23T10:00:00Z").toEpochMilli();

  private final List<Machine> machines = new ArrayList<>();
  private Applied applied =
      new Applied(ClusterState.INITIAL, new Outcome.Accepted(new Result.NoResult()), false);
  private long index;
  private long nanos = 5;

  /** A member, its wall clock, and its view of the log. */
  private final class Machine extends Clock {
    private FakeStateView view = new FakeStateView(state());
    private Duration wrong = Duration.ZERO;
    private EnsembleClock time;

    Machine(String id) {
      machines.add(this);
      time = new EnsembleClock(id, this, () -> nanos, view);
    }

    void restart() {
      view = new FakeStateView(state());
      time = new EnsembleClock("c" + machines.indexOf(this), this, () -> nanos, view);
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(START).plusNanos(nanos).plus(wrong);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private AppliedState state() {
    return new AppliedState(applied.state(), index, 1);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private boolean allocate(Machine leader, String key) {
    submit(
        new Proposal(
            leader.time.stamp("ops"),
            Optional.of(new IdempotencyKey(key, "f")),
            OptionalLong.empty(),
            new Command.AllocateId()));
    return applied.replayed();
  }

  private void submit(Proposal proposal) {
    applied = ClusterStateMachine.apply(applied.state(), new EntryId(++index, 1), proposal);
    machines.forEach(member -> member.view.publish(state()));
  }

  private Machine founder() {
    Machine first = new Machine("c0");
    submit(
        Proposal.of(
            first.time.stamp(Stamp.SYSTEM),
            new Command.Bootstrap(
                "c",
                "f",
                new ShardMap(
                    0, List.of(new Shard(0, "http://s:1", List.of())), List.of(), List.of()),
                1,
                List.of())));
    return first;
  }

  /** A wall clock that reached the log in another way would affect all members. */
  @Test
  void nothingElseStampsCommands() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(EnsembleClock.class.getName())
        .and()
        .doNotHaveFullyQualifiedName(Stamp.class.getName())
        .and()
        .resideOutsideOfPackage("..codec..")
        .should()
        .callConstructor(Stamp.class, String.class, String.class, long.class, long.class)
        .orShould()
        .callConstructor(Stamp.class, String.class, String.class, long.class)
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.quiverdb.coordinator"));
  }

  @Test
  void aNewLeadersClockThatIsADayAheadIsNoDay() {
    Machine first = founder();
    Machine second = new Machine("c1");
    second.wrong = Duration.ofHours(25);
    assertFalse(allocate(first, "k"));
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofSeconds(1));
      allocate(second, "ahead" + i);
    }
    assertTrue(allocate(second, "k"));
    assertTrue(allocate(first, "k"));
    assertEquals(START + 100_000, first.time.countedMillis(), 10);
    assertEquals(
        START + 100_000 + Duration.ofHours(25).toMillis(),
        second.time.stamp("ops").epochMillis(),
        10,
        "people see what the clock says");
  }

  @Test
  void timeInWhichNothingIsWrittenCounts() {
    Machine first = founder();
    Machine second = new Machine("c1");
    allocate(first, "k");
    pass(Duration.ofHours(23));
    second.wrong = Duration.ofDays(-400);
    assertTrue(allocate(second, "k"));
    pass(Duration.ofMinutes(61));
    allocate(second, "other");
    pass(Duration.ofHours(12));
    assertFalse(allocate(second, "k"));
  }

  /** An entry is applied a while after it was stamped; who has counted meanwhile goes on. */
  @Test
  void anEntryThatComesLateTakesNoTimeBack() {
    Machine first = founder();
    long begun = first.time.countedMillis();
    for (int i = 0; i < 100; i++) {
      Stamp stamp = first.time.stamp("ops");
      pass(Duration.ofMillis(50));
      submit(Proposal.of(stamp, new Command.AllocateId()));
      pass(Duration.ofMillis(50));
    }
    assertEquals(begun + 10_000, first.time.countedMillis());
  }

  @Test
  void aMemberThatStartsGoesOnWhereTheLogIs() {
    Machine first = founder();
    pass(Duration.ofHours(5));
    allocate(first, "k");
    long counted = applied.state().clockMillis();
    pass(Duration.ofHours(100));
    first.wrong = Duration.ofHours(-200);
    first.restart();
    assertEquals(counted, first.time.countedMillis(), "nobody counted meanwhile");
    pass(Duration.ofSeconds(7));
    assertEquals(counted + 7_000, first.time.countedMillis());
  }

  /** Clocks jump to and fro by days, leaders change, members restart. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void keysLastForADayAndNotForEver(long seed) {
    Random random = new Random(seed);
    founder();
    new Machine("c1");
    new Machine("c2");
    Map<String, Long> given = new TreeMap<>();
    int replays = 0;
    for (int i = 0; i < 3_000; i++) {
      pass(Duration.ofSeconds(random.nextInt(300)));
      Machine leader = machines.get(random.nextInt(3));
      leader.wrong =
          random.nextInt(3) == 0 ? Duration.ofHours(random.nextInt(20_000) - 10_000) : leader.wrong;
      if (random.nextInt(20) == 0) {
        machines.get(random.nextInt(3)).restart();
      }
      String key = "k" + Math.max(0, i - random.nextInt(900));
      Optional<Duration> age =
          Optional.ofNullable(given.get(key)).map(then -> Duration.ofNanos(nanos - then));
      boolean replayed = allocate(leader, key);
      replays += replayed ? 1 : 0;
      if (age.isPresent() && age.get().compareTo(Duration.ofHours(24)) < 0) {
        assertTrue(replayed, key + " after " + age.get());
      }
      if (age.isPresent() && age.get().compareTo(Duration.ofHours(48)) > 0) {
        assertFalse(replayed, key + " after " + age.get());
      }
      if (!replayed) {
        given.put(key, nanos);
      }
    }
    assertTrue(replays > 100, "only " + replays + " replays");
    int kept = applied.state().idempotency().rings().get("ops").byKey().size();
    assertTrue(kept < 1_500, kept + " keys are kept");
  }
}
