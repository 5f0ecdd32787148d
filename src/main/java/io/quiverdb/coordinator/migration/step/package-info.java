// SPDX-License-Identifier: Apache-2.0
/**
 * The common parts of all steps.
 *
 * <p>What lives here: the context of a step and its link to the log, progress and wait reports,
 * background tasks, questions to the operator, the donors and targets of a migration, and the
 * exceptions by which a step ends. What never will: a call to a shard that reads or writes points,
 * and anything that knows which phase it serves.
 */
@NullMarked
package io.quiverdb.coordinator.migration.step;

import org.jspecify.annotations.NullMarked;
