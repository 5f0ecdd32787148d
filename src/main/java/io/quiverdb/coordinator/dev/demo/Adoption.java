// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import java.net.URI;

/**
 * The time at which a router adopted a map, by polls of it. Times are those of {@link
 * System#nanoTime}.
 *
 * @param router its URL
 * @param after when the last poll was sent that returned an older map
 * @param by when the first answer with this map, or a newer one, arrived
 */
record Adoption(URI router, long after, long by) {}
