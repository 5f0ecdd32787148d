// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import java.net.URI;

/**
 * When a router adopted a map, according to polls of it. Times are those of {@link
 * System#nanoTime}.
 *
 * @param router its URL
 * @param after when the last question was asked that was answered with an older map
 * @param by when the first answer came that was this map, or a newer one
 */
record Adoption(URI router, long after, long by) {}
