// SPDX-License-Identifier: Apache-2.0
/**
 * Server-sent events: the events, the position at which a client continues, and the bounds for slow
 * clients.
 *
 * <p>What lives here: the events from the log, the queue of each client, the heartbeat. What never
 * will: a route, a key, a query.
 */
@NullMarked
package io.quiverdb.coordinator.api.stream;

import org.jspecify.annotations.NullMarked;
