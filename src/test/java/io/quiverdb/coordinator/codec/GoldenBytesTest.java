// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.CheckCommand;
import io.quiverdb.coordinator.command.ClusterBackupCommand;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.GrowthCommand;
import io.quiverdb.coordinator.command.IdempotencyKey;
import io.quiverdb.coordinator.command.PlanCommand;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.SampleCommands;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.command.Wire;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.EnsembleMember;
import io.quiverdb.coordinator.model.GrowthMode;
import io.quiverdb.coordinator.model.GrowthPolicy;
import io.quiverdb.coordinator.model.MemberChange;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.model.Standby;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import io.quiverdb.coordinator.state.Walk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The bytes that a released version wrote, under {@code golden/format-1}, and those of later
 * formats. A file here is never edited: a new schema gets a new file and the old one stays
 * readable. {@code -Dquiver.golden.write=true} writes those that are missing.
 */
class GoldenBytesTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden");

  private static Proposal proposal(Command command) {
    return new Proposal(
        new Stamp("c1", "ops", 1_700_000_000_123L),
        Optional.of(new IdempotencyKey("retry-1", "9f86d081")),
        OptionalLong.of(5),
        command);
  }

  @Test
  void everyCommandHasGoldenBytes() {
    assertEquals(
        new TreeSet<>(EntryCodec.currentTypes().stream().map(WireType::name).toList()),
        new TreeSet<>(SampleCommands.byName().keySet()));
    // Another way to list the commands than that of the codec.
    assertEquals(
        Stream.of(
                Command.class,
                CheckCommand.class,
                PlanCommand.class,
                GrowthCommand.class,
                ClusterBackupCommand.class)
            .flatMap(type -> Arrays.stream(type.getDeclaredClasses()))
            .filter(Class::isRecord)
            .map(type -> type.getAnnotation(Wire.class).value())
            .collect(Collectors.toCollection(TreeSet::new)),
        new TreeSet<>(SampleCommands.byName().keySet()));
  }

  @TestFactory
  Stream<DynamicTest> entriesKeepTheirBytes() {
    return SampleCommands.byName().entrySet().stream()
        .map(
            entry ->
                dynamicTest(
                    entry.getKey(),
                    () -> checkEntry("entry-" + entry.getKey(), proposal(entry.getValue()))));
  }

  @Test
  void anEntryWithoutOptionalPartsKeepsItsBytes() throws Exception {
    checkEntry(
        "entry-plain", Proposal.of(new Stamp("c2", Stamp.SYSTEM, -5), new Command.AllocateId()));
  }

  @Test
  void commandsThatShareAnEntryKeepItsBytes() throws Exception {
    List<Proposal> proposals =
        List.of(
            proposal(new Command.AllocateId()),
            Proposal.of(new Stamp("c2", "deploy", 4), new Command.RemoveShard(2)));
    byte[] current =
        EntryCodec.entry(
            proposals.stream().map(one -> EntryCodec.current().encode(one, 1)).toList());
    String golden = golden(1, "entry-shared.json", current);
    assertEquals(golden, text(current));
    assertEquals(
        proposals, EntryCodec.current().decodeEntry(golden.getBytes(StandardCharsets.UTF_8)));
  }

  private static void checkEntry(String name, Proposal proposal) throws Exception {
    int format = proposal.command().getClass().getAnnotation(Wire.class).sinceFormat();
    byte[] current = EntryCodec.current().encode(proposal, format);
    String golden = golden(format, name + ".json", current);
    assertEquals(golden, text(current));
    byte[] bytes = golden.getBytes(StandardCharsets.UTF_8);
    assertEquals(List.of(proposal), EntryCodec.current().decodeEntry(bytes));
    assertEquals(proposal, EntryCodec.current().decode(bytes));
  }

  @Test
  void entriesOfMigrationsWithoutOptionalPartsKeepTheirBytes() throws Exception {
    Stamp stamp = new Stamp("c2", "ops", 1_700_000_000_123L);
    checkEntry(
        "entry-report_progress-plain",
        Proposal.of(
            stamp,
            new Command.ReportProgress(
                3, Phase.VERIFYING, MigrationProgress.NONE, Optional.empty(), 7)));
    checkEntry(
        "entry-retry_migration-plain",
        Proposal.of(stamp, new Command.RetryMigration(3, OptionalLong.empty(), Optional.empty())));
    checkEntry(
        "entry-set_shard_url-plain",
        Proposal.of(
            stamp, new Command.SetShardUrl(-2L, "http://s2c:6333", Optional.empty(), false)));
  }

  @Test
  void aSnapshotWithMigrationsKeepsItsBytes() throws Exception {
    Walk walk = new Walk();
    walk.start(MigrationKind.GROW);
    walk.accepted(new Command.AdvanceMigration(1, Phase.PREPARED, Phase.FAILED, "s3 is full", 7));
    walk.start(MigrationKind.DRAIN);
    walk.accepted(new Command.CancelMigration(2, true));
    walk.accepted(new Command.RevertDone(2, 7));
    walk.start(MigrationKind.DRAIN);
    walk.to(Phase.DROPPING);
    walk.accepted(walk.hold("http://s1:6333 does not answer", List.of("http://s1:6333")));
    walk.accepted(walk.retry(OptionalLong.of(1)));
    walk.to(Phase.DONE);
    walk.start(MigrationKind.GROW);
    walk.to(Phase.WARMING);
    walk.accepted(
        new Command.ReportProgress(
            4, Phase.WARMING, SampleCommands.REPORT, Optional.of(SampleCommands.WAITING_ON), 7));
    walk.accepted(new Command.BeginPhase(4, Phase.WARMING, 7));
    walk.accepted(new Command.ThrottleMigration(4, 5000));
    walk.accepted(new Command.GateMigration(4, Phase.WARMING, 7));
    checkSnapshot("snapshot-migrations.jsonl", new Snapshot(walk.state, 40, 7));
  }

  @Test
  void aSnapshotKeepsItsBytes() throws Exception {
    checkSnapshot("snapshot.jsonl", new Snapshot(state(), 17, 3));
  }

  @Test
  void aSnapshotWithMembersKeepsItsBytes() throws Exception {
    ClusterState state = ClusterState.INITIAL;
    long index = 3;
    for (Command command :
        List.of(
            new Command.RaiseFormat(2, 3),
            new Command.AdmitMember("c2", "0d9c7a52-0000-4000-8000-000000000002", 3),
            new Command.RecordMembers(
                List.of(
                    new EnsembleMember("c1", "c1:6336", "http://c1:6335"),
                    new EnsembleMember("c2", "c2:6336", "http://c2:6335")),
                3),
            new Command.RemoveMember("c2", true),
            new Command.FinishMemberStep(6, MemberChange.Step.REMOVING, 3),
            new Command.ReplaceMember("c1", "c4", "c4:6336", "http://c4:6335"))) {
      Proposal proposal =
          new Proposal(
              new Stamp("c1", "ops", 1_700_000_000_000L + index),
              Optional.empty(),
              OptionalLong.empty(),
              command);
      state = ClusterStateMachine.apply(state, new EntryId(index++, 3), proposal).state();
    }
    checkSnapshot("snapshot-members.jsonl", new Snapshot(state, 9, 3));
  }

  @Test
  void aSnapshotWithChecksKeepsItsBytes() throws Exception {
    Walk walk = new Walk();
    walk.accepted(new Command.RaiseFormat(2, 7));
    walk.accepted(new CheckCommand.StartCheck(CheckKind.VERIFY, 0));
    walk.accepted(new CheckCommand.FinishCheck(1, CheckState.FAILED, "http://s1:6333 is away", 7));
    walk.accepted(new CheckCommand.StartCheck(CheckKind.VERIFY, 5000));
    walk.accepted(new CheckCommand.BeginCheck(2, 7));
    walk.accepted(
        new CheckCommand.RecordCheck(2, Optional.empty(), "more", SampleCommands.FOUND, 7));
    walk.accepted(new CheckCommand.FinishCheck(2, CheckState.DONE, "", 7));
    walk.accepted(new CheckCommand.StartSweep(2, 1000, 5000, false));
    walk.accepted(new CheckCommand.BeginSweep(2, 7));
    walk.accepted(
        new CheckCommand.RecordSweep(
            2,
            0,
            Optional.of("more"),
            List.of(SampleCommands.SWEPT),
            Optional.of("router: http://r0:6330 still serves map version 5"),
            7));
    checkSnapshot("snapshot-checks.jsonl", new Snapshot(walk.state, 11, 7));
  }

  @Test
  void aSnapshotWithBackupsKeepsItsBytes() throws Exception {
    Walk walk = new Walk();
    walk.accepted(new Command.RaiseFormat(2, 7));
    walk.accepted(new ClusterBackupCommand.StartBackup("/mnt/b/", 60));
    walk.accepted(new ClusterBackupCommand.RecordSnapshot(1, 0, 12, 7, 4096, 7));
    walk.accepted(
        new ClusterBackupCommand.FinishBackup(
            1, CheckState.FAILED, "shard 1: http://s1:6333 is away", 7));
    walk.accepted(new ClusterBackupCommand.StartBackup("/mnt/b", 3600));
    checkSnapshot("snapshot-backups.jsonl", new Snapshot(walk.state, 6, 7));
  }

  @Test
  void aSnapshotWithPlansKeepsItsBytes() throws Exception {
    Walk walk = new Walk();
    walk.accepted(new Command.RaiseFormat(2, 7));
    walk.accepted(
        new PlanCommand.CreatePlan(
            List.of(PlanStep.grow("http://s4:6333", List.of()), PlanStep.drain(1)), 5000));
    walk.accepted(new PlanCommand.StopPlan(1, 0, "target_empty: it is not", 7));
    walk.accepted(new PlanCommand.CreatePlan(List.of(PlanStep.drain(1)), 0));
    walk.accepted(new PlanCommand.BeginPlanStep(2, 0, 0, Walk.drain(1), 7));
    checkSnapshot("snapshot-plans.jsonl", new Snapshot(walk.state, 6, 7));
  }

  @Test
  void aSnapshotWithAGrowthPolicyKeepsItsBytes() throws Exception {
    Walk walk = new Walk();
    walk.accepted(new Command.RaiseFormat(2, 7));
    walk.accepted(
        new GrowthCommand.PutGrowthPolicy(
            new GrowthPolicy(
                GrowthMode.AUTOMATIC,
                1_000_000,
                List.of(
                    Standby.of("http://s4:6333", List.of()),
                    Standby.of("http://s5:6333", List.of("http://s5r:6333")),
                    Standby.of("http://s6:6333", List.of())),
                0,
                8,
                30_000),
            OptionalLong.empty()));
    walk.accepted(
        new GrowthCommand.BeginGrowth(1, 0, Walk.grow("http://s4:6333"), 5000, 2, 1_200_000, 7));
    walk.accepted(
        new Command.AdvanceMigration(1, Phase.PREPARED, Phase.FAILED, "it does not answer", 7));
    walk.accepted(
        new GrowthCommand.PutGrowthPolicy(
            walk.state.growth().policy().orElseThrow(), OptionalLong.of(3)));
    walk.accepted(
        new GrowthCommand.BeginGrowth(
            4,
            0,
            new MigrationPlan(
                MigrationKind.GROW,
                0,
                "http://s5:6333",
                List.of("http://s5r:6333"),
                false,
                List.of()),
            0,
            2,
            1_200_000,
            7));
    checkSnapshot("snapshot-growth.jsonl", new Snapshot(walk.state, 6, 7));
  }

  @Test
  void anEmptySnapshotKeepsItsBytes() throws Exception {
    checkSnapshot("snapshot-empty.jsonl", new Snapshot(ClusterState.INITIAL, -1, 0));
  }

  private static void checkSnapshot(String name, Snapshot snapshot) throws Exception {
    ByteArrayOutputStream current = new ByteArrayOutputStream();
    SnapshotCodec.current().write(current, snapshot);
    String golden = golden(snapshot.state().format(), name, current.toByteArray());
    assertEquals(golden, text(current.toByteArray()));
    assertEquals(
        snapshot,
        SnapshotCodec.current()
            .read(new ByteArrayInputStream(golden.getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void aBackupKeepsItsBytes() throws Exception {
    BackupContent content =
        new BackupContent("c0ffee", SampleCommands.MAP, 9, 12, List.of("http://r0:6330"));
    byte[] bytes = BackupCodec.encode(content, 1_700_000_000_123L, "c1");
    String golden = golden(1, "backup.json", bytes);
    assertEquals(golden, text(bytes));
    assertEquals(content, BackupCodec.decode(golden.getBytes(StandardCharsets.UTF_8)));
  }

  /** A state in which every part holds something. */
  private static ClusterState state() {
    ClusterState state = ClusterState.INITIAL;
    long index = 3;
    for (Command command :
        List.of(
            new Command.Bootstrap(
                "c0ffee", "sha256:abc", SampleCommands.MAP, 9, List.of("http://r0:6330")),
            new Command.Bootstrap("x", "sha256:other", SampleCommands.MAP, 0, List.of()),
            new Command.AddShard("http://s2:6333", List.of("http://s2r:6333")),
            new Command.AllocateId(),
            new Command.AddShard("http://s2:6333/", List.of()),
            new Command.RegisterRouter("http://r1:6330"),
            new Command.RemoveShard(77))) {
      Proposal proposal =
          new Proposal(
              new Stamp("c1", index % 2 == 0 ? "ops" : "deploy", 1_700_000_000_000L + index),
              Optional.of(new IdempotencyKey("key-" + index, "f" + index)),
              OptionalLong.empty(),
              command);
      state = ClusterStateMachine.apply(state, new EntryId(index++, 3), proposal).state();
    }
    return state;
  }

  private static String golden(int format, String name, byte[] current) throws IOException {
    Path file = FOLDER.resolve("format-" + format).resolve(name);
    if (Boolean.getBoolean("quiver.golden.write") && Files.notExists(file)) {
      Files.createDirectories(file.getParent());
      Files.write(file, current);
    }
    return Files.readString(file);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
