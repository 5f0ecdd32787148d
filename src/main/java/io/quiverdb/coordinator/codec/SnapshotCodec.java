// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.model.BootstrapMismatch;
import io.quiverdb.coordinator.model.Checks;
import io.quiverdb.coordinator.model.ClusterBackup;
import io.quiverdb.coordinator.model.ClusterBackups;
import io.quiverdb.coordinator.model.ClusterPlans;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.Genesis;
import io.quiverdb.coordinator.model.Growth;
import io.quiverdb.coordinator.model.History;
import io.quiverdb.coordinator.model.HistoryEntry;
import io.quiverdb.coordinator.model.IdempotencyTable;
import io.quiverdb.coordinator.model.Incarnations;
import io.quiverdb.coordinator.model.KeyRing;
import io.quiverdb.coordinator.model.MemberList;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.Migrations;
import io.quiverdb.coordinator.model.RememberedOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.pcollections.TreePMap;

/**
 * Snapshots as JSON lines: a header with all small parts, one line for each change of the history,
 * one for each idempotency key, one for each ended migration, one for each part of the active one,
 * one for each check of the data and each backup of the cluster, and an end line. Equal states at
 * equal places have equal bytes, and neither writing nor reading needs more memory than the state
 * and one line. Immutable and thread-safe.
 */
public final class SnapshotCodec {
  private static final SnapshotCodec CURRENT = new SnapshotCodec(Format.NEWEST);

  private final int maxFormat;

  /** A codec that reads formats up to {@code maxFormat}. */
  public SnapshotCodec(int maxFormat) {
    this.maxFormat = maxFormat;
  }

  /** What this build reads and writes. */
  public static SnapshotCodec current() {
    return CURRENT;
  }

  /** Writes a snapshot in the format of its state; neither flushes nor closes {@code out}. */
  public void write(OutputStream out, Snapshot snapshot) throws IOException {
    ClusterState state = snapshot.state();
    line(out, header(snapshot));
    for (HistoryEntry entry : state.history().entries()) {
      line(out, historyLine(entry));
    }
    for (Map.Entry<String, KeyRing> ring : state.idempotency().rings().entrySet()) {
      for (String key : ring.getValue().oldestFirst()) {
        RememberedOutcome outcome = ring.getValue().byKey().get(key);
        if (outcome != null) {
          line(out, keyLine(ring.getKey(), key, outcome));
        }
      }
    }
    for (Migration ended : state.migrations().finished().values()) {
      line(out, MigrationsJson.tree(ended));
    }
    for (MigrationPart part : MigrationsJson.parts(state.migrations())) {
      line(out, Json.MAPPER.valueToTree(part));
    }
    for (DataCheck check : state.checks().all()) {
      line(out, Json.MAPPER.valueToTree(check));
    }
    for (ClusterBackup backup : state.backups().all()) {
      line(out, Json.MAPPER.valueToTree(backup));
    }
    line(out, Json.MAPPER.createObjectNode().put("end", true));
  }

  private static void line(OutputStream out, ObjectNode node) throws IOException {
    Json.write(out, node);
    out.write('\n');
  }

  private static ObjectNode header(Snapshot snapshot) {
    ClusterState state = snapshot.state();
    ObjectNode header = Json.MAPPER.createObjectNode();
    header.put("format", state.format());
    header.put("index", snapshot.index());
    header.put("term", snapshot.term());
    header.put("clock_ms", state.clockMillis());
    state.genesis().ifPresent(genesis -> header.set("genesis", Json.MAPPER.valueToTree(genesis)));
    header.set("map", ShardMapJson.toJson(state.map()));
    header.set("next_id", JsonValues.u64(state.nextId()));
    header.set("highest_version", JsonValues.u64(state.highestVersion()));
    header.set("routers", Json.MAPPER.valueToTree(state.routers()));
    ArrayNode mismatches = header.putArray("mismatches");
    state
        .mismatches()
        .forEach(
            (node, mismatch) ->
                mismatches
                    .addObject()
                    .put("node", node)
                    .put("fingerprint", mismatch.fingerprint())
                    .put("at", mismatch.epochMillis()));
    // A release that knew no migrations had none, and its snapshots look like those that have none.
    if (!state.migrations().equals(Migrations.EMPTY)) {
      MigrationsJson.write(header.putObject("migrations"), state.migrations());
    }
    if (!state.incarnations().equals(Incarnations.EMPTY)) {
      ObjectNode incarnations = header.putObject("incarnations");
      ObjectNode current = incarnations.putObject("current");
      state.incarnations().current().forEach(current::put);
      incarnations.set("retired", Json.MAPPER.valueToTree(state.incarnations().retired()));
    }
    part(header, "members", state.members(), MemberList.EMPTY);
    if (!state.checks().equals(Checks.EMPTY)) {
      kept(header, "checks", state.checks().nextId(), state.checks().all().size());
    }
    part(header, "plans", state.plans(), ClusterPlans.EMPTY);
    part(header, "growth", state.growth(), Growth.EMPTY);
    if (!state.backups().equals(ClusterBackups.EMPTY)) {
      kept(header, "backups", state.backups().nextId(), state.backups().all().size());
    }
    header.put("history", state.history().entries().size());
    header.put("keys", keyCount(state));
    return header;
  }

  private static int keyCount(ClusterState state) {
    return state.idempotency().rings().values().stream()
        .mapToInt(ring -> ring.oldestFirst().size())
        .sum();
  }

  private static ObjectNode historyLine(HistoryEntry entry) {
    ObjectNode line = Json.MAPPER.createObjectNode();
    line.put("index", entry.index());
    line.put("term", entry.term());
    line.put("at", entry.epochMillis());
    line.put("node", entry.node());
    line.put("key_id", entry.keyId());
    line.put("command", entry.command());
    line.put("outcome", entry.outcome());
    return line;
  }

  private static ObjectNode keyLine(String apiKey, String key, RememberedOutcome outcome) {
    ObjectNode line = Json.MAPPER.createObjectNode();
    line.put("api_key", apiKey);
    line.put("key", key);
    line.put("fingerprint", outcome.fingerprint());
    line.put("index", outcome.index());
    line.put("at", outcome.epochMillis());
    line.set("outcome", OutcomeJson.toJson(outcome.outcome()));
    return line;
  }

  /**
   * Reads a snapshot.
   *
   * @throws UndecodableException if it is damaged, cut off, or of a format that this build does not
   *     know; the message says which
   */
  public Snapshot read(InputStream in) throws IOException, UndecodableException {
    Lines lines = new Lines(in);
    try {
      Fields header = lines.next();
      int format = header.i32("format");
      if (format > maxFormat) {
        throw new UndecodableException(
            "the snapshot needs format "
                + format
                + ", this build reads up to format "
                + maxFormat
                + "; install a release that knows it");
      }
      return read(header, format, lines);
    } catch (MalformedDocumentException e) {
      throw new UndecodableException("line " + lines.number + ": " + e.getMessage(), e);
    }
  }

  private static Snapshot read(Fields header, int format, Lines lines)
      throws IOException, MalformedDocumentException {
    int historyLines = header.i32("history");
    int keyLines = header.i32("keys");
    List<HistoryEntry> history = new ArrayList<>();
    for (int i = 0; i < historyLines; i++) {
      history.add(historyEntry(lines.next()));
    }
    IdempotencyTable table = IdempotencyTable.EMPTY;
    for (int i = 0; i < keyLines; i++) {
      table = withKey(table, lines.next());
    }
    Optional<Fields> migrations =
        header.find("migrations").isPresent()
            ? Optional.of(header.object("migrations"))
            : Optional.empty();
    List<Migration> ended = new ArrayList<>();
    for (int i = migrations.isPresent() ? migrations.get().i32("finished") : 0; i > 0; i--) {
      ended.add(MigrationsJson.migration(lines.next().node(), ""));
    }
    List<MigrationPart> parts = new ArrayList<>();
    for (int i = migrations.isPresent() ? migrations.get().i32("parts") : 0; i > 0; i--) {
      parts.add(MigrationsJson.part(lines.next().node()));
    }
    Checks checks = kept(header, lines, "checks", DataCheck.class, Checks.EMPTY, Checks::new);
    ClusterBackups backups =
        kept(
            header,
            lines,
            "backups",
            ClusterBackup.class,
            ClusterBackups.EMPTY,
            ClusterBackups::new);
    lines.end();
    ClusterState state =
        new ClusterState(
            format,
            genesis(header),
            ShardMapJson.fromJson(header.get("map"), "map"),
            header.u64("next_id"),
            header.u64("highest_version"),
            header.texts("routers"),
            table,
            History.of(history),
            migrations.isPresent()
                ? MigrationsJson.read(migrations.get(), ended, parts)
                : Migrations.EMPTY,
            incarnations(header),
            part(header, "members", MemberList.EMPTY, MemberList.class),
            checks,
            part(header, "plans", ClusterPlans.EMPTY, ClusterPlans.class),
            part(header, "growth", Growth.EMPTY, Growth.class),
            backups,
            mismatches(header),
            header.i64("clock_ms"));
    Snapshot snapshot = new Snapshot(state, header.i64("index"), header.i64("term"));
    header.nothingElse();
    return snapshot;
  }

  private static Optional<Genesis> genesis(Fields header) throws MalformedDocumentException {
    if (header.find("genesis").isEmpty()) {
      return Optional.empty();
    }
    Fields fields = header.object("genesis");
    Genesis genesis =
        new Genesis(fields.text("cluster_id"), fields.text("fingerprint"), fields.text("node"));
    fields.nothingElse();
    return Optional.of(genesis);
  }

  private static Incarnations incarnations(Fields header) throws MalformedDocumentException {
    if (header.find("incarnations").isEmpty()) {
      return Incarnations.EMPTY;
    }
    Fields fields = header.object("incarnations");
    Fields members = fields.object("current");
    TreePMap<String, String> current = TreePMap.empty();
    for (Map.Entry<String, JsonNode> member : members.node().properties()) {
      current = current.plus(member.getKey(), members.text(member.getKey()));
    }
    Incarnations incarnations = new Incarnations(current, fields.texts("retired"));
    fields.nothingElse();
    return incarnations;
  }

  /** Records on lines of their own, of which the header has the number and the next id. */
  private static <T, R> R kept(
      Fields header,
      Lines lines,
      String name,
      Class<T> type,
      R empty,
      BiFunction<Long, List<T>, R> records)
      throws IOException, MalformedDocumentException {
    if (header.find(name).isEmpty()) {
      return empty;
    }
    Fields fields = header.object(name);
    long nextId = fields.u64("next_id");
    List<T> all = lines.records(fields.i32("kept"), type);
    fields.nothingElse();
    return records.apply(nextId, all);
  }

  private static void kept(ObjectNode header, String name, long nextId, int count) {
    ObjectNode part = header.putObject(name);
    part.set("next_id", JsonValues.u64(nextId));
    part.put("kept", count);
  }

  /** A part of the header that is left out while it is {@code empty}. */
  private static <T> T part(Fields header, String name, T empty, Class<T> type)
      throws MalformedDocumentException {
    return header.find(name).isEmpty()
        ? empty
        : Json.value(header.object(name).node(), type, name + ": ");
  }

  private static void part(ObjectNode header, String name, Object part, Object empty) {
    if (!part.equals(empty)) {
      header.set(name, Json.MAPPER.valueToTree(part));
    }
  }

  private static TreePMap<String, BootstrapMismatch> mismatches(Fields header)
      throws MalformedDocumentException {
    TreePMap<String, BootstrapMismatch> mismatches = TreePMap.empty();
    for (Fields.Element element : header.elements("mismatches")) {
      Fields fields = Fields.of(element.node(), element.where());
      mismatches =
          mismatches.plus(
              fields.text("node"),
              new BootstrapMismatch(fields.text("fingerprint"), fields.i64("at")));
      fields.nothingElse();
    }
    return mismatches;
  }

  private static HistoryEntry historyEntry(Fields line) throws MalformedDocumentException {
    HistoryEntry entry =
        new HistoryEntry(
            line.i64("index"),
            line.i64("term"),
            line.i64("at"),
            line.text("node"),
            line.text("key_id"),
            line.text("command"),
            line.text("outcome"));
    line.nothingElse();
    return entry;
  }

  private static IdempotencyTable withKey(IdempotencyTable table, Fields line)
      throws MalformedDocumentException {
    IdempotencyTable longer =
        table.plus(
            line.text("api_key"),
            line.text("key"),
            new RememberedOutcome(
                line.text("fingerprint"),
                line.i64("index"),
                line.i64("at"),
                OutcomeJson.fromJson(line.object("outcome"))));
    line.nothingElse();
    return longer;
  }

  /** The lines of a snapshot, each one an object. */
  private static final class Lines {
    private final LineInput in;
    private int number;

    Lines(InputStream in) {
      this.in = new LineInput(in);
    }

    Fields next() throws IOException, MalformedDocumentException {
      number++;
      in.nextLine();
      return Fields.parse(in);
    }

    /** So many lines, each one a value. */
    <T> List<T> records(int count, Class<T> type) throws IOException, MalformedDocumentException {
      List<T> records = new ArrayList<>();
      for (int i = count; i > 0; i--) {
        records.add(Json.value(next().node(), type, ""));
      }
      return records;
    }

    void end() throws IOException, MalformedDocumentException {
      Fields end = next();
      end.get("end");
      end.nothingElse();
      if (!in.atEnd()) {
        throw new MalformedDocumentException("there is data after the end");
      }
    }
  }
}
