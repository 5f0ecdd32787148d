// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.command;

import io.quiverdb.coordinator.model.GrowthPolicy;
import io.quiverdb.coordinator.model.MigrationPlan;
import java.util.OptionalLong;

/** Puts the growth policy, and acts by it. */
public sealed interface GrowthCommand extends Command {
  /**
   * Puts a policy in the place of the one that there is. Each of its standbys may be tried again,
   * and migrations that ended earlier are forgiven.
   *
   * @param expectedVersion refused if the policy has another version by now
   */
  @Wire(value = "put_growth_policy", sinceFormat = 2)
  record PutGrowthPolicy(GrowthPolicy policy, OptionalLong expectedVersion)
      implements GrowthCommand {}

  /**
   * Takes the next standby from the pool and begins its migration, in one entry: no standby is
   * added twice. If the migration is refused, the standby is kept as one that failed.
   *
   * @param policyVersion of the policy that was followed: refused if there is another one by now
   * @param mapVersion of the map that was checked: refused if there is another one by now
   * @param plan what to move; its shard id is ignored: the entry takes the next one
   * @param throttlePointsPerSecond 0: unlimited
   * @param shardId of the shard with too many points, for the history; unsigned
   * @param points how many it has, for the history
   */
  @Wire(value = "begin_growth", sinceFormat = 2)
  record BeginGrowth(
      long policyVersion,
      long mapVersion,
      MigrationPlan plan,
      long throttlePointsPerSecond,
      long shardId,
      long points,
      long leaderTerm)
      implements GrowthCommand, Command.LeaderCommand {}
}
