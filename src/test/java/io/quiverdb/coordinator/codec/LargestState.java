// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.Checks;
import io.quiverdb.coordinator.model.ClusterBackup;
import io.quiverdb.coordinator.model.ClusterBackups;
import io.quiverdb.coordinator.model.ClusterPlan;
import io.quiverdb.coordinator.model.ClusterPlans;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.FullMap;
import io.quiverdb.coordinator.model.Genesis;
import io.quiverdb.coordinator.model.History;
import io.quiverdb.coordinator.model.HistoryEntry;
import io.quiverdb.coordinator.model.HttpUrl;
import io.quiverdb.coordinator.model.IdempotencyTable;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.Migrations;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PhaseEntry;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.model.RememberedOutcome;
import io.quiverdb.coordinator.model.Result;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.ShardSnapshot;
import io.quiverdb.coordinator.model.StrayCounts;
import io.quiverdb.coordinator.state.Applied;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A separate process that writes the largest state that the limits allow, reads it, writes it
 * again, and restores a backup of it: {@code LargestState FIRST SECOND}. Both files must be equal.
 */
public final class LargestState {
  private static final int COLLECTIONS = 500;

  private LargestState() {}

  /** Writes two files. */
  public static void main(String[] args) throws Exception {
    Path first = Path.of(args[0]);
    long begun = System.nanoTime();
    write(first, new Snapshot(state(), 7, 1));
    long written = System.nanoTime();
    Snapshot read = read(first);
    long wasRead = System.nanoTime();
    write(Path.of(args[1]), read);
    restore(read.state());
    System.gc();
    Runtime vm = Runtime.getRuntime();
    System.out.printf(
        "made and written %d ms, read %d ms, %d bytes, %d keys, heap %d MiB of %d%n",
        (written - begun) / 1_000_000,
        (wasRead - written) / 1_000_000,
        Files.size(first),
        read.state().idempotency().rings().values().stream()
            .mapToInt(ring -> ring.byKey().size())
            .sum(),
        (vm.totalMemory() - vm.freeMemory()) >> 20,
        vm.maxMemory() >> 20);
  }

  private static void write(Path file, Snapshot snapshot) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      SnapshotCodec.current().write(out, snapshot);
    }
  }

  private static Snapshot read(Path file) throws IOException, UndecodableException {
    try (InputStream in = Files.newInputStream(file)) {
      return SnapshotCodec.current().read(in);
    }
  }

  /** Into the same state, but for the migration that forbids it. */
  private static void restore(ClusterState state) throws MalformedDocumentException {
    byte[] backup =
        BackupCodec.encode(
            new BackupContent(
                "c", state.map(), state.nextId(), state.highestVersion(), state.routers()),
            1,
            "c1");
    Applied applied =
        ClusterStateMachine.apply(
            state.withMigrations(Migrations.EMPTY),
            new EntryId(8, 1),
            Proposal.of(
                new Stamp("c1", "ops", 1), new Command.Restore(BackupCodec.decode(backup), 0, 0)));
    if (!(applied.outcome() instanceof Outcome.Accepted)) {
      throw new IllegalStateException("not restored: " + applied.outcome());
    }
  }

  private static ClusterState state() {
    ShardMap map = FullMap.map();
    return ClusterState.INITIAL
        .withGenesis(new Genesis("c", "f", "c1"))
        .withMap(map)
        .withNextId(9_999)
        .withRouters(FullMap.routers())
        .withIdempotency(keys())
        .withHistory(history())
        .withMigrations(migrations(map))
        .withFormat(Checks.SINCE_FORMAT)
        .withChecks(checks())
        .withPlans(plans())
        .withBackups(backups(map))
        .withClock(1);
  }

  /** Names and samples take most: fewer than the most rows have room for them. */
  private static Checks checks() {
    Checks checks = Checks.EMPTY;
    for (int id = 1; id <= Checks.KEPT; id++) {
      CheckReport report = CheckReport.EMPTY;
      for (int row = 0; row < 1_000; row++) {
        CheckedShard shard =
            new CheckedShard(
                row + "\u4e00".repeat(CheckReport.MAX_NAME - 4),
                row,
                1_000,
                990,
                new StrayCounts(1, 2, 3),
                Collections.nCopies(
                    CheckedShard.MAX_SAMPLES, row + "\u4e00".repeat(CheckedShard.MAX_SAMPLE - 4)));
        report = report.plus(CheckReport.of(shard));
      }
      for (int left = 0; left < CheckReport.MAX_LEFT_OUT; left++) {
        report = report.plus(CheckReport.leavingOut(left + "\u4e00".repeat(100)));
      }
      DataCheck check =
          DataCheck.begun(id, CheckKind.VERIFY, 1, 0, 1).recorded("c".repeat(1_024), report, 1);
      checks =
          checks
              .started(check)
              .changed(check.ended(CheckState.FAILED, "\u4e00".repeat(DataCheck.MAX_ERROR), 2));
    }
    return checks;
  }

  /** As many grows as a plan takes, each of a shard with the most replicas and the longest URLs. */
  private static ClusterPlans plans() {
    ClusterPlans plans = ClusterPlans.EMPTY;
    for (int id = 1; id <= ClusterPlans.KEPT; id++) {
      List<PlanStep> steps = new ArrayList<>();
      for (int step = 0; step < ClusterPlan.MAX_STEPS; step++) {
        List<String> urls = new ArrayList<>();
        for (int replica = 0; replica <= ShardMap.MAX_REPLICAS; replica++) {
          urls.add(url("http://s" + id + "-" + step + "-" + replica + ":6333/"));
        }
        steps.add(PlanStep.grow(urls.get(0), urls.subList(1, urls.size())));
      }
      ClusterPlan plan =
          new ClusterPlan(
              id, ClusterPlan.State.RUNNING, steps, 0, 1, OptionalLong.empty(), Optional.empty());
      plans =
          plans.created(
              plan.ended(ClusterPlan.State.CANCELLED, "\u4e00".repeat(ClusterPlan.MAX_ERROR), 2));
    }
    return plans;
  }

  /** Each of the largest map, with the snapshots of all its shards. */
  private static ClusterBackups backups(ShardMap map) {
    String destination = "/" + "\u4e00".repeat(ClusterBackup.MAX_DESTINATION - 1);
    ClusterBackups backups = ClusterBackups.EMPTY;
    for (int id = 1; id <= ClusterBackups.KEPT; id++) {
      ClusterBackup backup = ClusterBackup.begun(id, destination, 60, map, 1, 1);
      backups = backups.started(backup);
      for (Shard shard : map.shards()) {
        backup = backup.taken(new ShardSnapshot(shard.id(), 9_000, 9_000, Long.MAX_VALUE, 1));
      }
      backups =
          backups.changed(
              backup.ended(CheckState.FAILED, "\u4e00".repeat(ClusterBackup.MAX_ERROR), 2));
    }
    return backups;
  }

  private static String url(String head) {
    return head + "a".repeat(HttpUrl.MAX_LENGTH - head.length());
  }

  /** Short keys take most, for what each of them costs besides its text. */
  private static IdempotencyTable keys() {
    IdempotencyTable table = IdempotencyTable.EMPTY;
    for (int i = 0; i < 60_000; i++) {
      Outcome outcome = new Outcome.Accepted(new Result.IdResult(i));
      table =
          table.plus("key-" + i % 4, "k" + i, new RememberedOutcome("f".repeat(22), i, 1, outcome));
    }
    return table;
  }

  private static History history() {
    List<HistoryEntry> entries = new ArrayList<>();
    for (int i = 0; i < History.CAPACITY; i++) {
      String text = i + "\u4e00".repeat(HistoryEntry.MAX_TEXT - 10);
      entries.add(new HistoryEntry(i, 1, 1, "c1", "ops", text, text));
    }
    return History.of(entries);
  }

  private static Migrations migrations(ShardMap map) {
    Migrations migrations = Migrations.EMPTY;
    for (long id = 1; id <= Migrations.KEPT; id++) {
      List<MigrationPart> parts = new ArrayList<>();
      for (int i = 0; i < MigrationProgress.ENDED_PARTS; i++) {
        parts.add(new MigrationPart(i + "n".repeat(1_000), 1, 9_000, 10, 10, 10, "", true));
      }
      Migration migration =
          prepared(id, map).withProgress(new MigrationProgress(1_000, 1_000, 1, 1, 0, parts));
      migrations =
          migrations
              .started(migration)
              .changed(migration.entering(new PhaseEntry(Phase.FAILED, 2, 1, "c1", 2)));
    }
    List<MigrationPart> parts = new ArrayList<>();
    int text = MigrationProgress.MAX_TEXT / MigrationProgress.MAX_PARTS;
    for (int i = 0; i < MigrationProgress.MAX_PARTS; i++) {
      String name = "c" + i % COLLECTIONS;
      String cursor = "\u4e00".repeat(text - name.length());
      parts.add(new MigrationPart(name, i / COLLECTIONS, 9_000, 1_000, 10, 10, cursor, false));
    }
    Migration active = prepared(Migrations.KEPT + 1, map);
    return migrations.started(
        active.withProgress(new MigrationProgress(1_000_000, 5_000, 1, 1, 0, parts)));
  }

  private static Migration prepared(long id, ShardMap map) {
    List<String> replicas = new ArrayList<>();
    for (int i = 0; i < ShardMap.MAX_REPLICAS; i++) {
      replicas.add(url("http://replica-" + i + ":6333/"));
    }
    List<String> collections = new ArrayList<>();
    for (int i = 0; i < COLLECTIONS; i++) {
      collections.add(i + "n".repeat(1_000));
    }
    MigrationPlan plan =
        new MigrationPlan(MigrationKind.GROW, 9_000, "http://s:1", replicas, false, collections);
    return Migration.prepared(id, plan, new PhaseEntry(Phase.PREPARED, 1, 1, "c1", 1), map, 0);
  }
}
