// SPDX-License-Identifier: Apache-2.0
/**
 * What the command {@code demo} shows: changes of the map and a migration while leaders are killed,
 * and a verdict on what clients, routers and shards saw.
 *
 * <p>The verdict is a test oracle: the classes that judge ({@link
 * io.quiverdb.coordinator.dev.demo.Evidence}, {@link
 * io.quiverdb.coordinator.dev.demo.PointVerdict}, {@link
 * io.quiverdb.coordinator.dev.demo.FlipVerdict}, {@link
 * io.quiverdb.coordinator.dev.demo.CounterHistory}) are used by tests as well. It talks to members
 * over REST only. Production code never uses it.
 */
@NullMarked
package io.quiverdb.coordinator.dev.demo;

import org.jspecify.annotations.NullMarked;
