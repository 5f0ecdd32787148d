// SPDX-License-Identifier: Apache-2.0
/**
 * Quiver's routers, over HTTP.
 *
 * <p>What lives here: asking a router for the map that it has adopted, and watching the registered
 * routers. What never will: waiting for an adoption as a step of a migration (package {@code
 * migration}), the log.
 */
@NullMarked
package io.quiverdb.coordinator.router;

import org.jspecify.annotations.NullMarked;
