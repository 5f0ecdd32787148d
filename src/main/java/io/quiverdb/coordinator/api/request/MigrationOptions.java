// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.model.GrowthMode;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The options of the routes about migrations.
 *
 * @param checks looks at shards and routers before a migration is started
 * @param throttlePointsPerSecond how fast a new migration may go; 0: unlimited
 * @param answerWithin how long the leader may take to answer the start of a migration: the checks,
 *     the entry, and the map of the migration
 * @param unreachableLimit how long a dead shard must have been waited for before it may be skipped
 * @param autoscale the most that this member does by the growth policy while it leads
 * @param spillThreshold how many points a sweep may remove although their owner lacks them, unless
 *     the request says more
 * @param adoptionAssumed whether a fixed time replaces the confirmation of unregistered routers
 * @param spills the folder with this member's spill files; it may not exist yet
 */
public record MigrationOptions(
    MigrationChecks checks,
    long throttlePointsPerSecond,
    Duration answerWithin,
    Duration unreachableLimit,
    GrowthMode autoscale,
    long spillThreshold,
    boolean adoptionAssumed,
    Path spills) {}
