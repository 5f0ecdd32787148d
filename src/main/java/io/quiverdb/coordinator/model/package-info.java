// SPDX-License-Identifier: Apache-2.0
/**
 * The shard map, the rendezvous hash and the replicated state, as immutable values.
 *
 * <p>What lives here: records that say what the cluster <em>is</em>, and the rules of the map that
 * Quiver's routers rely on. What never will: a clock, randomness, I/O, logging, threads, JSON, or a
 * collection whose order depends on hashes. Two nodes that hold equal values here must be unable to
 * disagree about anything that follows from them.
 *
 * <p>Ids, versions and counters are unsigned 64-bit numbers, held in {@code long}: compare them
 * with {@link java.lang.Long#compareUnsigned}, print them with {@link
 * java.lang.Long#toUnsignedString}.
 */
@NullMarked
package io.quiverdb.coordinator.model;

import org.jspecify.annotations.NullMarked;
