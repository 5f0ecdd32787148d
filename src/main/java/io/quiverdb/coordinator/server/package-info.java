// SPDX-License-Identifier: Apache-2.0
/**
 * The composition root: what stands on what, and in which order it starts and stops.
 *
 * <p>What lives here: the process of one member, and its first deed, the bootstrap. What never
 * will: a rule of the map, a route, a Raft detail.
 */
@NullMarked
package io.quiverdb.coordinator.server;

import org.jspecify.annotations.NullMarked;
