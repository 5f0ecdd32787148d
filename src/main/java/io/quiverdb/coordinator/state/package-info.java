// SPDX-License-Identifier: Apache-2.0
/**
 * The rules: what a command does to the replicated state.
 *
 * <p>What lives here: {@link io.quiverdb.coordinator.state.ClusterStateMachine}, a pure and total
 * function. What never will: a clock, randomness, I/O, logging, threads, an exception for a command
 * that is refused.
 */
@NullMarked
package io.quiverdb.coordinator.state;

import org.jspecify.annotations.NullMarked;
