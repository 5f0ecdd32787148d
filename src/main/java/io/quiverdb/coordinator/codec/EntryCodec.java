// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.IdempotencyKey;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Log entries as JSON.
 *
 * <pre>
 * {"format":1,"command":"remove_shard","schema":1,"node":"c1","key_id":"ops","at":1700000000000,
 *  "idempotency_key":"k","fingerprint":"f","expected_map_version":7,"fields":{"shard_id":2}}</pre>
 *
 * {@code format} is the lowest one that a build must know to read the entry. Commands that are
 * submitted together share an entry: an array of such objects, in the order in which they apply.
 * Immutable and thread-safe.
 */
public final class EntryCodec {
  private static final EntryCodec CURRENT = new EntryCodec(Format.NEWEST, currentTypes());

  private final int maxFormat;
  private final List<WireType> types;

  /**
   * A codec that knows these schemas.
   *
   * @param maxFormat the highest format that it reads and writes
   */
  public EntryCodec(int maxFormat, List<WireType> types) {
    this.maxFormat = maxFormat;
    this.types =
        types.stream().sorted(Comparator.comparingInt(WireType::schema).reversed()).toList();
  }

  /** The codec of this build. */
  public static EntryCodec current() {
    return CURRENT;
  }

  /** The current schema of every command. */
  public static List<WireType> currentTypes() {
    // One may belong to two families.
    return records(Command.class).distinct().map(WireType::of).toList();
  }

  private static Stream<Class<? extends Command>> records(Class<? extends Command> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses())
            .flatMap(permitted -> records(permitted.asSubclass(Command.class)))
        : Stream.of(type);
  }

  /** The highest format that this codec reads and writes. */
  public int maxFormat() {
    return maxFormat;
  }

  /**
   * The bytes of a command.
   *
   * @param format the format of the replicated state: nothing newer is written
   * @throws IllegalArgumentException if the command has no schema in that format
   */
  public byte[] encode(Proposal proposal, int format) {
    WireType type = writable(proposal.command(), format);
    ObjectNode entry = Json.MAPPER.createObjectNode();
    entry.put("format", type.sinceFormat());
    entry.put("command", type.name());
    entry.put("schema", type.schema());
    entry.put("node", proposal.stamp().node());
    entry.put("key_id", proposal.stamp().keyId());
    entry.put("at", proposal.stamp().epochMillis());
    if (proposal.stamp().countedMillis() != proposal.stamp().epochMillis()) {
      entry.put("counted", proposal.stamp().countedMillis());
    }
    proposal
        .idempotencyKey()
        .ifPresent(
            key -> {
              entry.put("idempotency_key", key.key());
              entry.put("fingerprint", key.fingerprint());
            });
    proposal
        .expectedMapVersion()
        .ifPresent(version -> entry.set("expected_map_version", JsonValues.u64(version)));
    entry.set("fields", type.writer().write(proposal.command()));
    return Json.bytes(entry);
  }

  private WireType writable(Command command, int format) {
    return types.stream()
        .filter(type -> type.type() == command.getClass() && type.sinceFormat() <= format)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    command.wireName() + " cannot be written in format " + format));
  }

  /**
   * Combines commands into one entry.
   *
   * @param commands at least one, each as {@link #encode} wrote it; a single one is the entry
   *     itself
   */
  public static byte[] entry(List<byte[]> commands) {
    if (commands.size() == 1) {
      return commands.get(0);
    }
    ByteArrayOutputStream entry = new ByteArrayOutputStream();
    char before = '[';
    for (byte[] command : commands) {
      entry.write(before);
      entry.writeBytes(command);
      before = ',';
    }
    entry.write(']');
    return entry.toByteArray();
  }

  /**
   * The proposal that {@link #encode} wrote.
   *
   * @throws UndecodableException if any part of it is unknown to this build or damaged
   */
  public Proposal decode(byte[] bytes) throws UndecodableException {
    try {
      return read(Fields.parse(bytes));
    } catch (MalformedDocumentException | JsonProcessingException e) {
      throw new UndecodableException("the command is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * The proposals in an entry, at least one, in the order in which they apply.
   *
   * @throws UndecodableException if any part of it is unknown to this build or damaged
   */
  public List<Proposal> decodeEntry(byte[] bytes) throws UndecodableException {
    try {
      List<Fields> commands = Fields.parseOneOrMore(bytes);
      List<Proposal> proposals = new ArrayList<>(commands.size());
      for (Fields command : commands) {
        proposals.add(read(command));
      }
      return proposals;
    } catch (MalformedDocumentException | JsonProcessingException e) {
      throw new UndecodableException("the entry is damaged: " + e.getMessage(), e);
    }
  }

  private Proposal read(Fields entry)
      throws UndecodableException, MalformedDocumentException, JsonProcessingException {
    int format = entry.i32("format");
    if (format > maxFormat) {
      throw new UndecodableException(
          "the entry needs format "
              + format
              + ", this build reads up to format "
              + maxFormat
              + "; install a release that knows it");
    }
    WireType type = readable(entry.text("command"), entry.i32("schema"));
    long at = entry.i64("at");
    long counted = entry.find("counted").isPresent() ? entry.i64("counted") : at;
    Stamp stamp = new Stamp(entry.text("node"), entry.text("key_id"), at, counted);
    Optional<IdempotencyKey> key =
        entry.find("idempotency_key").isPresent()
            ? Optional.of(
                new IdempotencyKey(entry.text("idempotency_key"), entry.text("fingerprint")))
            : Optional.empty();
    OptionalLong version =
        entry.find("expected_map_version").isPresent()
            ? OptionalLong.of(entry.u64("expected_map_version"))
            : OptionalLong.empty();
    ObjectNode fields = entry.object("fields").node();
    entry.nothingElse();
    return new Proposal(stamp, key, version, type.reader().read(fields));
  }

  private WireType readable(String name, int schema) throws UndecodableException {
    return types.stream()
        .filter(type -> type.name().equals(name) && type.schema() == schema)
        .findFirst()
        .orElseThrow(
            () ->
                new UndecodableException(
                    "this build knows no command \""
                        + name
                        + "\" of schema "
                        + schema
                        + "; install the release that wrote it, or a later one"));
  }
}
