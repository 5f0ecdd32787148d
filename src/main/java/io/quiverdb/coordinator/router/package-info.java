// SPDX-License-Identifier: Apache-2.0
/**
 * Quiver's routers, over HTTP.
 *
 * <p>What lives here: asking a router which map it has adopted, and keeping watch over those that
 * are registered. What never will: waiting for an adoption as a step of a migration (package {@code
 * migration}), the log.
 */
@NullMarked
package io.quiverdb.coordinator.router;

import org.jspecify.annotations.NullMarked;
