package io.quiverdb.coordinator.codec;

import io.quiverdb.coordinator.command.Command;
import java.util.ArrayList;
import java.util.List;

/** A later build that knows one format more: its {@code allocate_id} has a second schema. */
public final class NewerBuild {
  private NewerBuild() {}

  /** Reads and writes formats 1 and 2. */
  public static EntryCodec entryCodec() {
    List<WireType> types = new ArrayList<>(EntryCodec.currentTypes());
    types.add(
        new WireType(
            "allocate_id",
            2,
            2,
            Command.AllocateId.class,
            command -> Json.MAPPER.createObjectNode().put("purpose", "shard"),
            fields -> new Command.AllocateId()));
    return new EntryCodec(2, types);
  }

  /** Reads formats 1 and 2. */
  public static SnapshotCodec snapshotCodec() {
    return new SnapshotCodec(2);
  }
}
