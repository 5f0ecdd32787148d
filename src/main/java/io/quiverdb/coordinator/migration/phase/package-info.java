// SPDX-License-Identifier: Apache-2.0
/**
 * The work of the phases.
 *
 * <p>What lives here: the work of one phase, as sequential code over the other packages. What never
 * will: the order of the phases (package {@code migration}) and what the log allows ({@code
 * state}).
 */
@NullMarked
package io.quiverdb.coordinator.migration.phase;

import org.jspecify.annotations.NullMarked;
