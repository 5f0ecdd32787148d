// SPDX-License-Identifier: Apache-2.0
/**
 * Bytes: log entries, answers, snapshots, backups, and the JSON of the shard map.
 *
 * <p>What lives here: versioned, human-readable JSON for all data that is stored or sent to another
 * process. Names on the wire are stable and never those of classes; each format has golden files
 * under {@code src/test/resources/golden}, and what a released version wrote stays readable. What
 * never will: a rule of the map, Apache Ratis, HTTP.
 */
@NullMarked
package io.quiverdb.coordinator.codec;

import org.jspecify.annotations.NullMarked;
