// SPDX-License-Identifier: Apache-2.0
/**
 * Points: read, written, compared, dropped.
 *
 * <p>What lives here: paced and retried requests to shards, scans and merges of listings, the copy,
 * the comparison of both sides, the removal of copies. Other packages see {@code PointOperations},
 * {@code PacedPointOperations}, {@code StrayScan}, {@code StraySweep} and {@code SpillWriter} only.
 * What never will: routers, collections' schemas, phases.
 */
@NullMarked
package io.quiverdb.coordinator.migration.points;

import org.jspecify.annotations.NullMarked;
