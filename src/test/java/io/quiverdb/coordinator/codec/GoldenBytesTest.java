package io.quiverdb.coordinator.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.IdempotencyKey;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
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
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The bytes that a released version wrote, under {@code golden/format-1}. A file here is never
 * edited: a new schema gets a new file and the old one stays readable. {@code
 * -Dquiver.golden.write=true} writes those that are missing.
 */
class GoldenBytesTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden/format-1");
  private static final ShardMap MAP =
      new ShardMap(
          5,
          List.of(
              new Shard(0, "http://s0:6333", List.of("http://s0r:6333")),
              new Shard(Long.MIN_VALUE, "https://s1.example:6333/base", List.of())),
          List.of(Long.MIN_VALUE),
          List.of(0L));

  private static TreeMap<String, Command> commands() {
    TreeMap<String, Command> commands = new TreeMap<>();
    for (Command command :
        List.of(
            new Command.Bootstrap(
                "6c0a1c1e-1111-4222-8333-444455556666",
                "sha256:abc",
                MAP,
                Long.MIN_VALUE + 1,
                List.of("http://r0:6330")),
            new Command.AddShard("http://s2:6333", List.of("http://s2r:6333")),
            new Command.AddJoiningShard(" http://s3:6333 ", List.of()),
            new Command.PromoteShard(3),
            new Command.RemoveShard(-1L),
            new Command.MarkLeaving(2),
            new Command.CancelLeave(2),
            new Command.AllocateId(),
            new Command.AddReplica(2, "http://s2b:6333"),
            new Command.RemoveReplica(2, "http://s2b:6333"),
            new Command.RegisterRouter("http://r1:6330"),
            new Command.RemoveRouter("http://r1:6330", true),
            new Command.Restore(
                new BackupContent("c0ffee", MAP, 9, 12, List.of("http://r0:6330")), 14, 10),
            new Command.RaiseFormat(2, 7))) {
      commands.put(command.wireName(), command);
    }
    return commands;
  }

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
        new TreeSet<>(
            Arrays.stream(Command.class.getPermittedSubclasses())
                .map(type -> WireType.of(type.asSubclass(Command.class)).name())
                .toList()),
        new TreeSet<>(commands().keySet()));
  }

  @TestFactory
  Stream<DynamicTest> entriesKeepTheirBytes() {
    return commands().entrySet().stream()
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

  private static void checkEntry(String name, Proposal proposal) throws Exception {
    byte[] current = EntryCodec.current().encode(proposal, 1);
    String golden = golden(name + ".json", current);
    assertEquals(golden, text(current));
    assertEquals(proposal, EntryCodec.current().decode(golden.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aSnapshotKeepsItsBytes() throws Exception {
    checkSnapshot("snapshot.jsonl", new Snapshot(state(), 17, 3));
  }

  @Test
  void anEmptySnapshotKeepsItsBytes() throws Exception {
    checkSnapshot("snapshot-empty.jsonl", new Snapshot(ClusterState.INITIAL, -1, 0));
  }

  private static void checkSnapshot(String name, Snapshot snapshot) throws Exception {
    ByteArrayOutputStream current = new ByteArrayOutputStream();
    SnapshotCodec.current().write(current, snapshot);
    String golden = golden(name, current.toByteArray());
    assertEquals(golden, text(current.toByteArray()));
    assertEquals(
        snapshot,
        SnapshotCodec.current()
            .read(new ByteArrayInputStream(golden.getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void aBackupKeepsItsBytes() throws Exception {
    BackupContent content = new BackupContent("c0ffee", MAP, 9, 12, List.of("http://r0:6330"));
    byte[] bytes = BackupCodec.encode(content, 1_700_000_000_123L, "c1");
    String golden = golden("backup.json", bytes);
    assertEquals(golden, text(bytes));
    assertEquals(content, BackupCodec.decode(golden.getBytes(StandardCharsets.UTF_8)));
  }

  /** A state in which every part holds something. */
  private static ClusterState state() {
    ClusterState state = ClusterState.INITIAL;
    long index = 3;
    for (Command command :
        List.of(
            new Command.Bootstrap("c0ffee", "sha256:abc", MAP, 9, List.of("http://r0:6330")),
            new Command.Bootstrap("x", "sha256:other", MAP, 0, List.of()),
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

  private static String golden(String name, byte[] current) throws IOException {
    Path file = FOLDER.resolve(name);
    if (Boolean.getBoolean("quiver.golden.write") && Files.notExists(file)) {
      Files.createDirectories(FOLDER);
      Files.write(file, current);
    }
    return Files.readString(file);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
