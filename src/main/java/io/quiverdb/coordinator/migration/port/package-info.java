// SPDX-License-Identifier: Apache-2.0
/**
 * The ports of the engine, its constants and its memory budget.
 *
 * <p>What lives here: the ports that {@code server} and the simulation implement (log, clock,
 * tasks, spill file, recorder), the constants of a migration, and the memory budget. What never
 * will: an implementation that does I/O or starts a thread, and anything that knows a step or a
 * phase.
 */
@NullMarked
package io.quiverdb.coordinator.migration.port;

import org.jspecify.annotations.NullMarked;
