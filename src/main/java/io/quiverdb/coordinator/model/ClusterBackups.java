// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The backups of the cluster: the one that may be under way, and the last ones that ended. Since
 * format 2.
 *
 * @param nextId id of the next backup, from 1
 * @param all by id, oldest first; at most {@value #KEPT}, fewer if their maps are large
 */
public record ClusterBackups(long nextId, List<ClusterBackup> all) {
  /** How many stay readable, the running one included. */
  public static final int KEPT = 5;

  /** The most bytes of maps in those that ended: as in a whole map. */
  private static final int MAX_BYTES = ShardMap.MAX_BYTES;

  /** The first format in which there are any. */
  public static final int SINCE_FORMAT = 2;

  /** None yet. */
  public static final ClusterBackups EMPTY = new ClusterBackups(1, List.of());

  /** Copies the list. */
  public ClusterBackups {
    all = List.copyOf(all);
  }

  /** The backup with this id. */
  public Optional<ClusterBackup> find(long id) {
    return all.stream().filter(backup -> backup.id() == id).findFirst();
  }

  /** The one that has not ended. */
  public Optional<ClusterBackup> running() {
    return all.stream().filter(ClusterBackup::isRunning).findFirst();
  }

  /** With one that begins; the oldest are forgotten. */
  public ClusterBackups started(ClusterBackup backup) {
    List<ClusterBackup> kept = new ArrayList<>(all);
    while (kept.size() >= KEPT || kept.stream().mapToLong(ClusterBackup::bytes).sum() > MAX_BYTES) {
      kept.remove(0);
    }
    kept.add(backup);
    return new ClusterBackups(backup.id() + 1, kept);
  }

  /** With one of them changed. */
  public ClusterBackups changed(ClusterBackup backup) {
    return new ClusterBackups(
        nextId, all.stream().map(each -> each.id() == backup.id() ? backup : each).toList());
  }
}
