// SPDX-License-Identifier: Apache-2.0
/**
 * Collections and their schemas, and the identity of the process at a URL.
 *
 * <p>What lives here: the comparison of collections between donors and targets, and the probe that
 * finds two URLs of one shard. What never will: points.
 */
@NullMarked
package io.quiverdb.coordinator.migration.schema;

import org.jspecify.annotations.NullMarked;
