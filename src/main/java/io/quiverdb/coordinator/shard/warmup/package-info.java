// SPDX-License-Identifier: Apache-2.0
/**
 * Copies synthetic points over the loopback interface before the first migration, so that the JIT
 * has compiled that code when the copy begins.
 *
 * <p>It asks no real shard and knows no migration.
 */
@NullMarked
package io.quiverdb.coordinator.shard.warmup;

import org.jspecify.annotations.NullMarked;
