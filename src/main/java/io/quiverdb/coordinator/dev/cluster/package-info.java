// SPDX-License-Identifier: Apache-2.0
/**
 * A cluster of processes on one machine, for the commands {@code dev} and {@code demo} and for
 * tests: an ensemble of member processes ({@link
 * io.quiverdb.coordinator.dev.cluster.LocalEnsemble}), and in-memory shards and routers in front of
 * it ({@link io.quiverdb.coordinator.dev.cluster.DevCluster}).
 *
 * <p>It starts, stops and kills processes and fills shards with points. The demo and its verdict
 * live in {@code dev.demo}. Production code never uses it.
 */
@NullMarked
package io.quiverdb.coordinator.dev.cluster;

import org.jspecify.annotations.NullMarked;
