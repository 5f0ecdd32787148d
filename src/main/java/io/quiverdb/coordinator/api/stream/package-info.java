// SPDX-License-Identifier: Apache-2.0
/**
 * Server-sent events: which events there are, from where a client goes on, and how a slow client is
 * kept from costing anything.
 *
 * <p>What lives here: the events that come out of the log, the queue of each client, the heartbeat.
 * What never will: a route, a key, a query.
 */
@NullMarked
package io.quiverdb.coordinator.api.stream;

import org.jspecify.annotations.NullMarked;
