// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.backup;

import io.quiverdb.coordinator.model.ClusterBackup;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardException.Kind;

/** A shard did not write its snapshot, or did not say that it has. */
final class SnapshotFailed extends Exception {
  private static final long serialVersionUID = 1L;

  SnapshotFailed(ClusterBackup backup, Shard shard, ShardException cause) {
    super("shard " + shard.id() + ": " + cause.getMessage() + advice(backup, cause), cause);
  }

  private static String advice(ClusterBackup backup, ShardException cause) {
    if (cause.kind() == Kind.FORBIDDEN) {
      return "; a snapshot needs a key with the role admin, and a primary";
    }
    return cause.mayTakeEffect()
        ? "; the shard may still write: remove "
            + backup.directory()
            + " when it has ended"
            + (cause.kind() == Kind.TIMED_OUT ? ", or give it more time with timeout_seconds" : "")
        : "";
  }
}
