/**
 * The REST surface: Quiver's own coordinator routes, byte-compatible, and what an ensemble adds.
 *
 * <p>What lives here: routes by subject, one mapper from errors to status codes, the passing on of
 * changes to the leader, and a handler for {@code GET /cluster/map} that stands in front of
 * everything else because every router asks it all the time. What never will: a rule of the map, a
 * type of Apache Ratis, a thread that waits for the network or the log (but for spill files, which
 * are too large to be gathered first).
 */
@NullMarked
package io.quiverdb.coordinator.api;

import org.jspecify.annotations.NullMarked;
