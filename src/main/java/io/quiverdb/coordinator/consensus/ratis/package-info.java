// SPDX-License-Identifier: Apache-2.0
/**
 * The replicated log on Apache Ratis: the only code that knows it.
 *
 * <p>What lives here: the adapter behind the ports of {@code consensus}, the data directory, how an
 * ensemble is founded and how a member that lost its data comes back, snapshots, leadership. What
 * never will: HTTP, a rule of the map, a decision about a command.
 *
 * <p>{@link io.quiverdb.coordinator.consensus.ratis.RatisEnsemble} is the entry point. Decisions
 * are pure functions, apart from the code that acts on them: {@code Founding}, {@code Readmission}.
 */
@NullMarked
package io.quiverdb.coordinator.consensus.ratis;

import org.jspecify.annotations.NullMarked;
