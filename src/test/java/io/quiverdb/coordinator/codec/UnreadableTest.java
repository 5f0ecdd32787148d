// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import io.quiverdb.coordinator.state.RandomProposals;
import io.quiverdb.coordinator.state.Walk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a build must refuse to read, and what it says then. */
class UnreadableTest {
  private static final Proposal ALLOCATE =
      Proposal.of(new Stamp("c1", "ops", 1), new Command.AllocateId());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"command\":\"allocate_id\" | \"command\":\"go\"      | no command \"go\" of schema 1",
        "\"schema\":1              | \"schema\":2            | \"allocate_id\" of schema 2",
        "\"format\":1              | \"format\":3            | needs format 3, this build reads up",
        "\"key_id\":\"ops\"          | \"key_id\":7            | key_id: wanted a string",
        "\"node\":\"c1\"             | \"node\":\"c1\",\"x\":1   | x: this field is not known",
        "\"at\":1,                 | ''                    | at: is missing",
        "\"fields\":{}             | \"fields\":{\"y\":1}      | \"y\"",
        "\"fields\":{}             | \"fields\":[]           | fields: wanted a JSON object",
      })
  void entriesOfAnotherShapeAreRefusedByName(String part, String other, String message) {
    String entry = new String(EntryCodec.current().encode(ALLOCATE, 1), StandardCharsets.UTF_8);
    String changed = entry.replace(part, other);
    assertNotEquals(entry, changed);
    UndecodableException refused =
        assertThrows(
            UndecodableException.class,
            () -> EntryCodec.current().decode(changed.getBytes(StandardCharsets.UTF_8)));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"kind\":\"grow\"          | \"kind\":\"shrink\"    | shrink",
        "\"kind\":\"grow\"          | \"kind\":\"GROW\"      | GROW",
        "\"kind\":\"grow\"          | \"kind\":0             | kind",
        "\"kind\":\"grow\"          | \"kind\":\"0\"         | kind",
        "\"kind\":\"grow\"          | \"kind\":\"\"          | kind",
        "\"kind\":\"grow\"          | \"kind\":null          | kind",
        "\"url\":\"http://s3:6333\", | ''                    | url",
        "\"replica_urls\":[]        | \"replica_urls\":[null] | damaged",
        "\"adoption_assumed\":false | \"adoption_assumed\":null | adoption_assumed",
        "\"shard_id\":0             | \"shard_id\":0,\"x\":1  | x",
        "\"leader_term\":7          | \"leader_term\":-7       | unsigned",
      })
  void plansOfAnotherShapeAreRefused(String part, String other, String message) {
    checkRefused(
        new Command.StartMigration(Walk.grow("http://s3:6333"), 0, 7), part, other, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"phase\":\"COPYING\"      | \"phase\":\"copying\"   | copying",
        "\"phase\":\"COPYING\"      | \"phase\":\"FLYING\"    | FLYING",
        "\"phase\":\"COPYING\"      | \"phase\":4             | phase",
        "\"waiting_on\":null        | \"waiting_on\":{}       | what",
        "\"waiting_on\":null        | \"waiting_on\":\"r\"    | damaged",
        ",\"waiting_on\":null       | ''                     | waiting_on",
        "\"parts\":[]               | \"parts\":[null]        | damaged",
        "\"round\":0                | \"round\":1.5           | round",
        "\"round\":0                | \"round\":9999999999    | int",
      })
  void reportsOfAnotherShapeAreRefused(String part, String other, String message) {
    checkRefused(
        new Command.ReportProgress(1, Phase.COPYING, MigrationProgress.NONE, Optional.empty(), 7),
        part,
        other,
        message);
  }

  private static void checkRefused(Command command, String part, String other, String message) {
    String entry =
        new String(
            EntryCodec.current().encode(Proposal.of(new Stamp("c1", "ops", 1), command), 1),
            StandardCharsets.UTF_8);
    String changed = entry.replace(part, other);
    assertNotEquals(entry, changed);
    UndecodableException refused =
        assertThrows(
            UndecodableException.class,
            () -> EntryCodec.current().decode(changed.getBytes(StandardCharsets.UTF_8)));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"phase\":\"COPYING\",\"state\" | \"phase\":\"FLYING\",\"state\" | migrations.active: ",
        "\"state\":\"running\" | \"state\":\"lost\" | migrations.active: ",
        "\"finished\":1 | \"finished\":2 | line",
        "\"finished\":1 | \"finished\":1,\"x\":2 | migrations.x: this field is not known",
        "\"state\":\"failed\" | \"state\":\"lost\" | lost",
        "\"runner\":{\"node\":\"c1\",\"term\":7}, | '' | runner",
      })
  void snapshotsWithMigrationsOfAnotherShapeAreRefused(String part, String other, String message)
      throws Exception {
    Walk walk = new Walk();
    walk.start(MigrationKind.GROW);
    walk.accepted(new Command.AdvanceMigration(1, Phase.PREPARED, Phase.FAILED, "", 7));
    walk.start(MigrationKind.DRAIN);
    walk.to(Phase.COPYING);
    String snapshot = new String(snapshot(walk.state), StandardCharsets.UTF_8);
    String changed = snapshot.replace(part, other);
    assertNotEquals(snapshot, changed);
    UndecodableException refused =
        assertThrows(
            UndecodableException.class,
            () ->
                SnapshotCodec.current()
                    .read(new ByteArrayInputStream(changed.getBytes(StandardCharsets.UTF_8))));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @Test
  void anEntryCutOffAnywhereIsRefused() {
    byte[] entry = EntryCodec.current().encode(ALLOCATE, 1);
    for (int length = 0; length < entry.length; length++) {
      byte[] cut = Arrays.copyOf(entry, length);
      assertThrows(UndecodableException.class, () -> EntryCodec.current().decode(cut));
    }
  }

  @Test
  void aSnapshotCutOffAnywhereIsRefused() throws Exception {
    byte[] snapshot = snapshot(ClusterState.INITIAL);
    for (int length = 0; length < snapshot.length; length++) {
      byte[] cut = Arrays.copyOf(snapshot, length);
      assertThrows(
          UndecodableException.class,
          () -> SnapshotCodec.current().read(new ByteArrayInputStream(cut)));
    }
  }

  /** What this build would drop silently, the next snapshot would lack. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"format\":1",
        "{\"cluster_id\":",
        "{\"id\":0",
        "{\"node\":\"c1\",\"fingerprint\":\"sha256:other\"",
        "{\"index\":4,\"term\":3",
        "{\"api_key\":",
        "{\"accepted\":\"map\"",
        "{\"end\":true"
      })
  void aFieldThatThisBuildDoesNotKnowIsRefusedAnywhereInASnapshot(String object) throws Exception {
    String snapshot =
        Files.readString(Path.of("src/test/resources/golden/format-1/snapshot.jsonl"));
    assertTrue(snapshot.contains(object), "the golden snapshot has no " + object);
    byte[] changed =
        snapshot
            .replace(object, object.replace("{", "{\"colour\":1,"))
            .getBytes(StandardCharsets.UTF_8);
    UndecodableException refused =
        assertThrows(
            UndecodableException.class,
            () -> SnapshotCodec.current().read(new ByteArrayInputStream(changed)));
    assertTrue(refused.getMessage().contains("colour"), refused.getMessage());
  }

  @Test
  void aSnapshotOfANewerFormatIsRefusedByName() throws Exception {
    byte[] newer = snapshot(ClusterState.INITIAL.withFormat(NewerBuild.FORMAT));
    UndecodableException refused =
        assertThrows(
            UndecodableException.class,
            () -> SnapshotCodec.current().read(new ByteArrayInputStream(newer)));
    assertTrue(refused.getMessage().contains("needs format 3"), refused.getMessage());
    assertEquals(
        NewerBuild.FORMAT,
        NewerBuild.snapshotCodec().read(new ByteArrayInputStream(newer)).state().format());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "'[%s,{}]'   | [1].format: is missing",
        "'[%s,7]'    | [1]: wanted a JSON object",
        "'[%s,[%s]]' | [1]: wanted a JSON object",
        "'[%s,'      | no valid JSON",
        "'[%s] %s'   | no valid JSON",
        "'[]'        | is an empty array",
      })
  void oneUnreadableCommandMakesItsWholeEntryUnreadable(String shape, String message) {
    String command = new String(EntryCodec.current().encode(ALLOCATE, 1), StandardCharsets.UTF_8);
    byte[] entry = shape.replace("%s", command).getBytes(StandardCharsets.UTF_8);
    UndecodableException refused =
        assertThrows(UndecodableException.class, () -> EntryCodec.current().decodeEntry(entry));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @DisplayName("a build that knows one format more writes it only once the state was raised")
  @Test
  void aNewerFormatIsWrittenOnlyOnceTheStateWasRaised() throws Exception {
    EntryCodec newer = NewerBuild.entryCodec();
    byte[] before = newer.encode(ALLOCATE, 1);
    byte[] after = newer.encode(ALLOCATE, NewerBuild.FORMAT);
    assertEquals(ALLOCATE, EntryCodec.current().decode(before));
    assertEquals(ALLOCATE, newer.decode(before));
    assertEquals(ALLOCATE, newer.decode(after));
    UndecodableException refused =
        assertThrows(UndecodableException.class, () -> EntryCodec.current().decode(after));
    assertTrue(refused.getMessage().contains("needs format 3"), refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void damagedBytesAreRefusedOrAppliedAndNeverThrowAnythingElse(long seed) {
    Random random = new Random(seed);
    byte[] entry =
        EntryCodec.current()
            .encode(
                Proposal.of(
                    new Stamp("c1", "ops", 1), new Command.AddShard("http://a:1", List.of("b"))),
                1);
    Proposal bootstrap =
        Proposal.of(new Stamp("c1", "ops", 1), new RandomProposals(seed).bootstrap());
    ClusterState state =
        ClusterStateMachine.apply(ClusterState.INITIAL, new EntryId(0, 1), bootstrap).state();
    int refused = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] damaged = entry.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        Proposal read = EntryCodec.current().decode(damaged);
        state = ClusterStateMachine.apply(state, new EntryId(i + 1, 1), read).state();
      } catch (UndecodableException e) {
        refused++;
      }
    }
    assertTrue(refused > 1_000, "seed " + seed + ": only " + refused + " were refused");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{                                                | line 1",
        "[]                                               | wanted a JSON object",
        "{\"next_id\":1}                                    | map: is missing",
        "{\"next_id\":-1,\"map\":{\"shards\":[]}}               | next_id: wanted an unsigned",
        "{\"map\":{\"shards\":[]},\"extra\":1}                  | extra: this field is not known",
        "{\"map\":{\"shards\":[{\"id\":0}]}}                    | map.shards[0].primary_url: is"
            + " missing",
        "{\"map\":{\"shards\":[{\"id\":0,\"primary_url\":\"x\"}]}}  | map.shards[0]: \"x\" is no"
            + " http",
        "{\"map\":{\"shards\":[],\"joining\":[4]}}              | map.joining: no shard has id 4",
        "{\"map\":{\"shards\":[],\"leaving\":[\"a\"]}}            | map.leaving[0]: wanted an"
            + " unsigned",
        "{\"map\":{\"shards\":[],\"epoch\":4}}                  | map.epoch: this field is not"
            + " known",
        "{\"map\":{\"shards\":[]}} {}                         | no valid JSON",
      })
  void aBrokenStateFileIsRefusedByPlace(String document, String message) {
    MalformedDocumentException refused =
        assertThrows(
            MalformedDocumentException.class,
            () -> StateFile.read(document.getBytes(StandardCharsets.UTF_8)));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @Test
  void aStateFileWithMissingFieldsGetsTheirDefaults() throws Exception {
    StateFile file =
        StateFile.read(
            "{\"map\":{\"shards\":[{\"id\":4,\"primary_url\":\"http://a:1\"}],\"joining\":[4]}}"
                .getBytes(StandardCharsets.UTF_8));
    assertEquals(5, file.nextId());
    assertEquals(List.of(4L), file.map().joining());
    assertEquals(0, file.map().version());
    assertEquals(List.of(), file.map().leaving());
  }

  @Test
  void anEditedBackupIsRefused() {
    BackupContent content = new BackupContent("c", ShardMap.EMPTY, 7, 3, List.of());
    byte[] edited =
        new String(BackupCodec.encode(content, 1, "c1"), StandardCharsets.UTF_8)
            .replace("\"next_id\":7", "\"next_id\":6")
            .getBytes(StandardCharsets.UTF_8);
    MalformedDocumentException refused =
        assertThrows(MalformedDocumentException.class, () -> BackupCodec.decode(edited));
    assertTrue(refused.getMessage().startsWith("checksum:"), refused.getMessage());
  }

  /** What jq, Ansible and editors make of it: objects have no order, and blanks mean nothing. */
  @Test
  void aBackupThatWasSortedAndPrettyPrintedIsTheSame() throws Exception {
    ShardMap map =
        new ShardMap(
            -2,
            List.of(new Shard(3, "http://s3:1", List.of("http://r:1", "http://a:1"))),
            List.of(),
            List.of());
    BackupContent content =
        new BackupContent("c", map, -5, -2, List.of("http://b:1", "http://a:1"));
    byte[] written = BackupCodec.encode(content, 1, "c1");
    ObjectMapper sorting =
        JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();
    byte[] sorted = sorting.writeValueAsBytes(sorting.readValue(written, TreeMap.class));
    assertNotEquals(
        new String(written, StandardCharsets.UTF_8), new String(sorted, StandardCharsets.UTF_8));
    assertEquals(content, BackupCodec.decode(sorted));
    byte[] swapped =
        new String(sorted, StandardCharsets.UTF_8)
            .replace("http://r:1", "http://x:1")
            .replace("http://a:1", "http://r:1")
            .replace("http://x:1", "http://a:1")
            .getBytes(StandardCharsets.UTF_8);
    assertThrows(MalformedDocumentException.class, () -> BackupCodec.decode(swapped));
  }

  private static byte[] snapshot(ClusterState state) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SnapshotCodec.current().write(out, new Snapshot(state, 3, 1));
    return out.toByteArray();
  }
}
