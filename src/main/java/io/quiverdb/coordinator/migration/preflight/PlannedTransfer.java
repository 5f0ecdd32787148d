// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

/**
 * What is expected to move of one collection between two shards.
 *
 * @param collection its name
 * @param from id of the donor; unsigned
 * @param to id of the target; unsigned; of a shard that would join, the id that is next now
 * @param points how many
 * @param bytes how many bytes those have as JSON
 * @param estimated whether the numbers are no count but a share of one
 */
public record PlannedTransfer(
    String collection, long from, long to, long points, long bytes, boolean estimated) {}
