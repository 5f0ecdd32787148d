// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.codec.BackupCodec;
import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.consensus.ratis.Recovery;
import io.quiverdb.coordinator.consensus.ratis.Recovery.Recovered;
import io.quiverdb.coordinator.consensus.ratis.StorageException;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Genesis;
import io.quiverdb.coordinator.model.Unsigned;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A backup that is read from the data directory of a stopped member.
 *
 * @param document the backup, in the format of GET /cluster/backup; empty if nothing could be read
 * @param notes which entries it includes and which it does not
 * @param failure what is wrong with the directory; empty if it is sound
 * @param damaged whether the failure is damage; the document then ends before it
 */
public record RecoveredBackup(
    Optional<String> document, List<String> notes, Optional<String> failure, boolean damaged) {
  public RecoveredBackup {
    notes = List.copyOf(notes);
  }

  /**
   * Reads a data directory, and writes nothing into it.
   *
   * @param committedOnly whether to leave out entries that are not known to be committed
   */
  public static RecoveredBackup read(Path dataDir, boolean committedOnly, Clock clock) {
    Recovered recovered;
    try {
      recovered = Recovery.read(dataDir, committedOnly);
    } catch (StorageException e) {
      return new RecoveredBackup(
          Optional.empty(), List.of(), Optional.of(e.advice()), e.exit() == Cause.STORAGE);
    }
    ClusterState state = recovered.state();
    Optional<Genesis> genesis = state.genesis();
    if (genesis.isEmpty()) {
      return new RecoveredBackup(
          Optional.empty(),
          List.of(),
          Optional.of(
              recovered.damage().orElse(dataDir + " holds no map: nothing was ever bootstrapped.")),
          recovered.damage().isPresent());
    }
    BackupContent content =
        new BackupContent(
            genesis.get().clusterId(),
            state.map(),
            state.nextId(),
            state.highestVersion(),
            state.routers());
    byte[] document =
        BackupCodec.encode(
            content,
            clock.millis(),
            recovered.memberId(),
            new BackupCodec.Origin(recovered.committed(), recovered.last()));
    return new RecoveredBackup(
        Optional.of(new String(document, StandardCharsets.UTF_8)),
        notes(recovered),
        recovered.damage(),
        recovered.damage().isPresent());
  }

  private static List<String> notes(Recovered recovered) {
    List<String> notes = new ArrayList<>();
    notes.add(
        "read up to entry "
            + recovered.last()
            + ": map version "
            + Unsigned.text(recovered.state().map().version())
            + ", "
            + recovered.state().map().shards().size()
            + " shards");
    notes.add("the last entry known to be committed is " + recovered.committed());
    if (recovered.last() > recovered.committed()) {
      notes.add(
          "included: the entries "
              + (recovered.committed() + 1)
              + " to "
              + recovered.last()
              + " after it. They may never have been acknowledged (--committed-only"
              + " leaves them out)");
    }
    if (recovered.left() > 0) {
      notes.add(
          "left out: the entries "
              + (recovered.last() + 1)
              + " to "
              + (recovered.last() + recovered.left())
              + ". Changes that were acknowledged may be among them");
    }
    if (recovered.state().migrations().active().isPresent()) {
      notes.add(
          "a migration was active: the map is the one of its present phase, and a restore does not"
              + " continue it. Handle the joining or leaving shard by hand");
    }
    return notes;
  }
}
