// SPDX-License-Identifier: Apache-2.0
/**
 * The routes about migrations: starting one, watching it, the orders of an operator, and the files
 * into which a drop spilled points. Also the other change that the leader first checks at shards
 * and routers: a new address of a shard.
 *
 * <p>The work of a migration lives in {@code migration}, its rules in {@code state}. Only the
 * routes of spill files keep a thread while they work: those files are too large to be gathered
 * first.
 */
@NullMarked
package io.quiverdb.coordinator.api.migration;

import org.jspecify.annotations.NullMarked;
