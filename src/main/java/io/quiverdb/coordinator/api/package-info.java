// SPDX-License-Identifier: Apache-2.0
/**
 * The REST surface: Quiver's own coordinator routes, byte-compatible, and what an ensemble adds.
 *
 * <p>What lives here: the server ({@link io.quiverdb.coordinator.api.ApiServer}), the routes by
 * subject, and a handler for {@code GET /cluster/map} that comes before the framework because every
 * router polls it. The HTTP layer is in {@code api.http}, the common parts of all routes are in
 * {@code api.request}, the routes about migrations in {@code api.migration}. What never will: a
 * rule of the map, a type of Apache Ratis, a thread that waits for the network or the log.
 */
@NullMarked
package io.quiverdb.coordinator.api;

import org.jspecify.annotations.NullMarked;
