// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.port;

import java.time.Duration;
import java.util.Optional;

/**
 * The constants of a migration (docs/migration.md says how to size them).
 *
 * @param adoptionAssumed whether routers need not be registered: a fixed time replaces the
 *     confirmation of those that are not
 * @param requestDrain the longest a client's request lives inside a router and a shard that answer
 * @param dataTimeout the longest a data request of ours can still take effect on a shard that
 *     answers
 * @param takeoverQuiet how long a new leader sends no data request: over lease, dataTimeout and
 *     margin
 * @param mapStaleness how old a map may be that a member serves
 * @param routerGrace the fixed time that replaces the confirmation where adoption is assumed
 * @param paceTarget how long one request may hold a shard that serves
 * @param targetUnhealthy a joining shard that is unhealthy for this long is given up
 * @param unreachableLimit how long a dead shard blocks a cleaning step before it may be skipped
 * @param roundLimit rounds of reconciliation
 * @param spillThreshold absent ids that hold a drop
 * @param batchBytes the most bytes of points in one request
 * @param coolingLimit how long COOLING may take before it ends with an alarm
 * @param binary what to pass as {@code binary} when a disk_vamana collection is created; empty:
 *     such a collection cannot be moved
 */
public record MigrationSettings(
    boolean adoptionAssumed,
    Duration requestDrain,
    Duration dataTimeout,
    Duration takeoverQuiet,
    Duration mapStaleness,
    Duration routerGrace,
    Duration paceTarget,
    Duration targetUnhealthy,
    Duration unreachableLimit,
    int roundLimit,
    int spillThreshold,
    int batchBytes,
    Duration coolingLimit,
    Optional<Boolean> binary) {}
