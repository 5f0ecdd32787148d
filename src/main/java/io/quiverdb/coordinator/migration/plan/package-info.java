// SPDX-License-Identifier: Apache-2.0
/**
 * Plans: several migrations, one after the other.
 *
 * <p>What lives here: how the leader begins the next step of the plan that goes on. What never
 * will: the work of a migration, and what becomes of a plan when a migration ends (package {@code
 * state}).
 */
@NullMarked
package io.quiverdb.coordinator.migration.plan;

import org.jspecify.annotations.NullMarked;
