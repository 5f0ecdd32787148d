// SPDX-License-Identifier: Apache-2.0
/**
 * The ports to the replicated log: submit a command, watch the state, know the leadership, read
 * linearizably.
 *
 * <p>What lives here: small interfaces and the values they carry. What never will: a type of Apache
 * Ratis (package {@code consensus.ratis} alone knows it), HTTP, or a rule of the map.
 */
@NullMarked
package io.quiverdb.coordinator.consensus;

import org.jspecify.annotations.NullMarked;
