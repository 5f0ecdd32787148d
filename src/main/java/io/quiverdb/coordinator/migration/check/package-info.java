// SPDX-License-Identifier: Apache-2.0
/**
 * Checks of the data on the shards, and sweeps of what they found, between migrations.
 *
 * <p>What lives here: the leader's work on the check or the sweep that the state asks for, from the
 * listing of the collections to the end. What never will: how pages are read and points are
 * compared and deleted (package {@code migration.points}), and what a migration does.
 */
@NullMarked
package io.quiverdb.coordinator.migration.check;

import org.jspecify.annotations.NullMarked;
