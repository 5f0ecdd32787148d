// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.migration.points.PointOperations;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PhaseEntry;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;

/**
 * A migration of the real executor, over a fake cluster and in virtual time; the work on points is
 * scripted.
 */
public abstract class LedMigration {
  public final FakeCluster cluster = new FakeCluster();
  public final FakeData data = new FakeData();
  public Tasks.Task<String> running;

  public interface Deed {
    void run(MigrationContext context) throws ShardException, StepException, InterruptedException;
  }

  /** Notes when it was called, and fails as it is told to. */
  public final class FakeData implements PointOperations {
    public final List<String> calls = new ArrayList<>();
    public final Map<String, Deed> deeds = new LinkedHashMap<>();
    Duration surveyTakes = Duration.ZERO;

    /** How many passes a drop takes, the last one of which finds nothing. */
    public int passes = 2;

    @Override
    public void probePageSizes(MigrationContext context) throws InterruptedException {
      cluster.world.sleep(surveyTakes);
    }

    private void call(String name, MigrationContext context)
        throws ShardException, StepException, InterruptedException {
      calls.add(name);
      cluster.world.sleep(Duration.ofMillis(100));
      deeds.getOrDefault(name, ignored -> {}).run(context);
    }

    @Override
    public void copy(MigrationContext context, List<ShardCollection> collections)
        throws ShardException, StepException, InterruptedException {
      call("copy", context);
    }

    @Override
    public void verify(MigrationContext context, List<ShardCollection> collections)
        throws ShardException, StepException, InterruptedException {
      call("verify", context);
    }

    @Override
    public boolean drop(MigrationContext context, List<ShardCollection> collections)
        throws ShardException, StepException, InterruptedException {
      call("drop", context);
      return calls.stream().filter("drop"::equals).count() >= passes;
    }

    @Override
    public void wipe(MigrationContext context)
        throws ShardException, StepException, InterruptedException {
      call("wipe", context);
    }
  }

  @BeforeEach
  public void theJoiningShardIsEmpty() {
    cluster.shards.at(FakeCluster.N).delay = Duration.ofMillis(1);
  }

  /** Begins to lead, in virtual time. */
  public void lead() {
    MigrationExecutor executor =
        new MigrationExecutor(cluster.term, cluster.ports(), cluster.settings(), data);
    running =
        cluster.world.start(
            "executor",
            () -> {
              executor.run();
              return "fenced";
            });
  }

  public Phase awaitEnd() throws InterruptedException {
    cluster.world.await(() -> cluster.state().migrations().active().isEmpty(), Duration.ofHours(1));
    return cluster.migration().phase();
  }

  public List<Phase> way() {
    return cluster.migration().steps().stream().map(PhaseEntry::phase).toList();
  }

  public void newLeader() {
    cluster.term++;
    lead();
  }

  public void at(int second, Runnable change) {
    cluster.at(Duration.ofSeconds(second), change);
  }

  public static void untilStopped(MigrationContext context) throws InterruptedException {
    while (true) {
      context.control().check();
      context.time().sleep(Duration.ofMillis(200));
    }
  }
}
