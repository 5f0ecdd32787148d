// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import io.quiverdb.coordinator.command.Command;
import java.util.ArrayList;
import java.util.List;

/** A later build that knows one format more: its {@code allocate_id} has a second schema. */
public final class NewerBuild {
  /** The format that it knows and this build does not. */
  public static final int FORMAT = Format.NEWEST + 1;

  private NewerBuild() {}

  /** Reads and writes one format more. */
  public static EntryCodec entryCodec() {
    List<WireType> types = new ArrayList<>(EntryCodec.currentTypes());
    types.add(
        new WireType(
            "allocate_id",
            2,
            FORMAT,
            Command.AllocateId.class,
            command -> Json.MAPPER.createObjectNode().put("purpose", "shard"),
            fields -> new Command.AllocateId()));
    return new EntryCodec(FORMAT, types);
  }

  /** Reads one format more. */
  public static SnapshotCodec snapshotCodec() {
    return new SnapshotCodec(FORMAT);
  }
}
