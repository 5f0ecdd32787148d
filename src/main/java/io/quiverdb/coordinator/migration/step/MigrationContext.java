// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.port.Spills;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.router.RouterApi;
import io.quiverdb.coordinator.shard.Fence;
import io.quiverdb.coordinator.shard.ShardApi;

/**
 * The context of a step: the ports, the settings, and its link to the log.
 *
 * @param settings the constants
 * @param shards all shards, by URL
 * @param routers all routers, by URL
 * @param time the clock
 * @param tasks parallel tasks
 * @param fence until when data requests may be sent
 * @param control what the log wants
 * @param healthyWait waits that count only while everything answers
 * @param spills keeps what a drop deletes although the owner lacks it
 * @param memory memory for points that are read
 */
public record MigrationContext(
    MigrationSettings settings,
    ShardApi shards,
    RouterApi routers,
    Time time,
    Tasks tasks,
    Fence fence,
    StepControl control,
    HealthyWait healthyWait,
    Spills spills,
    MemoryBudget memory)
    implements WaitContext {
  /** The migration as this member has applied it last. */
  public Migration migration() {
    return control.migration();
  }

  /** Its plan. */
  public MigrationPlan plan() {
    return migration().plan();
  }

  @Override
  public boolean adoptionAssumed() {
    return plan().adoptionAssumed();
  }

  /** Whether a shard joins; else one leaves. */
  public boolean grows() {
    return plan().grows();
  }

  /** Whether the operator has said not to wait for a shard. */
  public boolean skips(long shardId) {
    return control.skips(shardId);
  }

  /** What its calls to shards need. */
  public CallContext calls() {
    return new CallContext(shards, time, control, settings.batchBytes());
  }
}
