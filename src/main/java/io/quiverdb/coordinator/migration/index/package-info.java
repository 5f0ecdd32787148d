// SPDX-License-Identifier: Apache-2.0
/**
 * Search indexes: built before the flip, rebuilt after the drop.
 *
 * <p>What lives here: the open searches that make a shard build an index, the sample of points that
 * searches must find, and the waits for both. What never will: a write of points; correctness never
 * depends on an index.
 */
@NullMarked
package io.quiverdb.coordinator.migration.index;

import org.jspecify.annotations.NullMarked;
