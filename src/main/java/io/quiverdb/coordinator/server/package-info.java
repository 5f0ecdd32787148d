// SPDX-License-Identifier: Apache-2.0
/**
 * The composition root: builds the parts of a member, and starts and stops them in order.
 *
 * <p>What lives here: the process of one member, and the bootstrap. What never will: a rule of the
 * map, a route, a Raft detail.
 */
@NullMarked
package io.quiverdb.coordinator.server;

import org.jspecify.annotations.NullMarked;
