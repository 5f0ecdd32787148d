// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.pcollections.TreePMap;

/**
 * Everything that the ensemble agrees on. Members that applied the same log have equal states.
 *
 * @param format the format of entries and snapshots that members may write, from 1
 * @param genesis empty until something was bootstrapped
 * @param map the shard map
 * @param nextId the next shard id to hand out; unsigned
 * @param highestVersion the highest map version ever published; unsigned
 * @param routers URLs of the registered routers, in the order of registration
 * @param idempotency first outcomes by idempotency key
 * @param history the last changes
 * @param migrations the migration of points that is under way, and those that ended
 * @param incarnations the incarnations under which the members vote
 * @param members the list of members, since format 2
 * @param checks the checks of the data, since format 2
 * @param plans the plans of several migrations, since format 2
 * @param growth the growth policy, since format 2
 * @param backups the backups of the cluster, since format 2
 * @param mismatches members that offered another bootstrap than the accepted one, by member id
 * @param clockMillis the counted time, by which keys expire. It is independent of wall clocks and
 *     never runs backwards
 */
public record ClusterState(
    int format,
    Optional<Genesis> genesis,
    ShardMap map,
    long nextId,
    long highestVersion,
    List<String> routers,
    IdempotencyTable idempotency,
    History history,
    Migrations migrations,
    Incarnations incarnations,
    MemberList members,
    Checks checks,
    ClusterPlans plans,
    Growth growth,
    ClusterBackups backups,
    TreePMap<String, BootstrapMismatch> mismatches,
    long clockMillis) {
  /** The most routers that can be registered. */
  public static final int MAX_ROUTERS = 256;

  /**
   * The longest time by which one entry advances the clock: half the life of an idempotency key.
   */
  public static final long MAX_STEP_MILLIS = KeyRing.MAX_AGE_MILLIS / 2;

  /** The state of an ensemble whose log is empty. */
  public static final ClusterState INITIAL =
      new ClusterState(
          1,
          Optional.empty(),
          ShardMap.EMPTY,
          0,
          0,
          List.of(),
          IdempotencyTable.EMPTY,
          History.EMPTY,
          Migrations.EMPTY,
          Incarnations.EMPTY,
          MemberList.EMPTY,
          Checks.EMPTY,
          ClusterPlans.EMPTY,
          Growth.EMPTY,
          ClusterBackups.EMPTY,
          TreePMap.empty(),
          0);

  /** Copies the list, so that the record is immutable. */
  public ClusterState {
    routers = List.copyOf(routers);
  }

  /** Whether there is a map to serve and to change. */
  public boolean bootstrapped() {
    return genesis.isPresent();
  }

  /**
   * Whether leaders before the next one may have sent requests to shards that can still take
   * effect.
   */
  public boolean mayHaveRequestsUnderWay() {
    return migrations.mayHaveRequestsUnderWay() || checks.mayHaveRequestsUnderWay();
  }

  /** With another map. Raises the highest version if needed. */
  public ClusterState withMap(ShardMap newMap) {
    return edit(
        draft -> {
          draft.map = newMap;
          if (Long.compareUnsigned(newMap.version(), draft.highestVersion) > 0) {
            draft.highestVersion = newMap.version();
          }
        });
  }

  /** With another next id. */
  public ClusterState withNextId(long newNextId) {
    return edit(draft -> draft.nextId = newNextId);
  }

  /** With other registered routers. */
  public ClusterState withRouters(List<String> newRouters) {
    return edit(draft -> draft.routers = newRouters);
  }

  /** With the bootstrap that all others are compared with. */
  public ClusterState withGenesis(Genesis newGenesis) {
    return edit(draft -> draft.genesis = Optional.of(newGenesis));
  }

  /** With another set of mismatches. */
  public ClusterState withMismatches(TreePMap<String, BootstrapMismatch> newMismatches) {
    return edit(draft -> draft.mismatches = newMismatches);
  }

  /** With another format. */
  public ClusterState withFormat(int newFormat) {
    return edit(draft -> draft.format = newFormat);
  }

  /** With another idempotency table. */
  public ClusterState withIdempotency(IdempotencyTable table) {
    return edit(draft -> draft.idempotency = table);
  }

  /** With another history. */
  public ClusterState withHistory(History newHistory) {
    return edit(draft -> draft.history = newHistory);
  }

  /** With other migrations. */
  public ClusterState withMigrations(Migrations newMigrations) {
    return edit(draft -> draft.migrations = newMigrations);
  }

  /** With other incarnations of the members. */
  public ClusterState withIncarnations(Incarnations newIncarnations) {
    return edit(draft -> draft.incarnations = newIncarnations);
  }

  /** With another list of members. */
  public ClusterState withMembers(MemberList newMembers) {
    return edit(draft -> draft.members = newMembers);
  }

  /** With other checks of the data. */
  public ClusterState withChecks(Checks newChecks) {
    return edit(draft -> draft.checks = newChecks);
  }

  /** With other plans. */
  public ClusterState withPlans(ClusterPlans newPlans) {
    return edit(draft -> draft.plans = newPlans);
  }

  /** With another growth policy, or another end of it. */
  public ClusterState withGrowth(Growth newGrowth) {
    return edit(draft -> draft.growth = newGrowth);
  }

  /** With other backups. */
  public ClusterState withBackups(ClusterBackups newBackups) {
    return edit(draft -> draft.backups = newBackups);
  }

  /**
   * With a clock that is at least {@code millis}. One entry advances it by at most {@link
   * #MAX_STEP_MILLIS}: one member with a wrong clock must not expire what is kept for a day.
   */
  public ClusterState withClock(long millis) {
    long bounded = clockMillis == 0 ? millis : Math.min(millis, clockMillis + MAX_STEP_MILLIS);
    return edit(draft -> draft.clockMillis = Math.max(clockMillis, bounded));
  }

  private ClusterState edit(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.finished();
  }

  /** The only place that lists every component when one of them changes. */
  private static final class Draft {
    private int format;
    private Optional<Genesis> genesis;
    private ShardMap map;
    private long nextId;
    private long highestVersion;
    private List<String> routers;
    private IdempotencyTable idempotency;
    private History history;
    private Migrations migrations;
    private Incarnations incarnations;
    private MemberList members;
    private Checks checks;
    private ClusterPlans plans;
    private Growth growth;
    private ClusterBackups backups;
    private TreePMap<String, BootstrapMismatch> mismatches;
    private long clockMillis;

    Draft(ClusterState state) {
      this.format = state.format;
      this.genesis = state.genesis;
      this.map = state.map;
      this.nextId = state.nextId;
      this.highestVersion = state.highestVersion;
      this.routers = state.routers;
      this.idempotency = state.idempotency;
      this.history = state.history;
      this.migrations = state.migrations;
      this.incarnations = state.incarnations;
      this.members = state.members;
      this.checks = state.checks;
      this.plans = state.plans;
      this.growth = state.growth;
      this.backups = state.backups;
      this.mismatches = state.mismatches;
      this.clockMillis = state.clockMillis;
    }

    ClusterState finished() {
      return new ClusterState(
          format,
          genesis,
          map,
          nextId,
          highestVersion,
          routers,
          idempotency,
          history,
          migrations,
          incarnations,
          members,
          checks,
          plans,
          growth,
          backups,
          mismatches,
          clockMillis);
    }
  }
}
