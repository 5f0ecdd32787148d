// SPDX-License-Identifier: Apache-2.0
/**
 * The commands of the replicated state.
 *
 * <p>What lives here: the sealed {@link io.quiverdb.coordinator.command.Command} and its records,
 * who proposed one and when. What never will: the rules that decide the outcome (package {@code
 * state}), bytes (package {@code codec}), a clock, I/O, logging or threads. A new operation starts
 * with a record here.
 */
@NullMarked
package io.quiverdb.coordinator.command;

import org.jspecify.annotations.NullMarked;
