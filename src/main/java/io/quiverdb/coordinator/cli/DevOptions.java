// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The options of a local cluster.
 *
 * @param nodes members of the ensemble, 1 to 9
 * @param shards in-memory shards, at least 1
 * @param routers at least 0
 * @param points to fill the shards with, at least 0
 * @param basePort the first port; the others follow
 * @param dir where the members keep their data; empty: a temporary directory that is deleted at the
 *     end
 */
record DevOptions(
    int nodes, int shards, int routers, int points, int basePort, Optional<Path> dir) {}
