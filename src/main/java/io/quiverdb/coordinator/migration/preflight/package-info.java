// SPDX-License-Identifier: Apache-2.0
/**
 * The checks before a migration starts.
 *
 * <p>What lives here: every check, the report of them, and the estimate of size and duration. What
 * never will: a change of the log or of a point. Nothing of the engine is needed here; the engine
 * uses it once, to repeat the checks of an earlier leader.
 */
@NullMarked
package io.quiverdb.coordinator.migration.preflight;

import org.jspecify.annotations.NullMarked;
