// SPDX-License-Identifier: Apache-2.0
/**
 * Backups of the cluster: a snapshot of each shard, between migrations.
 *
 * <p>What lives here: the leader's work on the backup that the state asks for. What never will: how
 * a shard writes its snapshot, and the document of the coordinator's own state (package {@code
 * codec}).
 */
@NullMarked
package io.quiverdb.coordinator.migration.backup;

import org.jspecify.annotations.NullMarked;
