// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

/**
 * A collection as a shard describes it.
 *
 * @param schema what it was created with
 * @param count how many points it has
 * @param indexReady false only while it has points and its index was never built
 */
public record CollectionInfo(CollectionSchema schema, long count, boolean indexReady) {}
