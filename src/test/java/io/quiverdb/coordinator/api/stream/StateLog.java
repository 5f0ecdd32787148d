// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import io.quiverdb.coordinator.state.RandomProposals;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A log, and the state behind each of its entries. The first one is entry 10. */
final class StateLog {
  private static final long TERM = 3;

  private final List<AppliedState> states = new ArrayList<>();
  private ClusterState state = ClusterState.INITIAL;
  private long index = 10;
  private long millis = 1_764_000_000_000L;

  /** Two shards, format 2. */
  static StateLog begun() {
    StateLog log = new StateLog();
    log.entry(
        new Command.Bootstrap(
            "cluster",
            "f",
            new ShardMap(
                4,
                List.of(
                    new Shard(0, "http://s0:1", List.of()), new Shard(1, "http://s1:1", List.of())),
                List.of(),
                List.of()),
            2,
            List.of()));
    log.entry(new Command.RaiseFormat(2, TERM));
    return log;
  }

  /** What this seed makes of it: several commands in some entries, entries without an index. */
  static StateLog random(long seed, int entries) {
    StateLog log = new StateLog();
    RandomProposals proposals = new RandomProposals(seed);
    Random random = new Random(seed);
    log.apply(
        List.of(Proposal.of(new Stamp("c1", Stamp.SYSTEM, log.millis), proposals.bootstrap())));
    for (int i = 0; i < entries; i++) {
      int together = random.nextInt(10) == 0 ? 2 + random.nextInt(4) : 1;
      List<Proposal> batch = new ArrayList<>();
      for (int j = 0; j < together; j++) {
        batch.add(proposals.next(log.state, TERM));
      }
      log.apply(batch);
      log.index += random.nextInt(5) == 0 ? 2 : 0;
    }
    return log;
  }

  /** One entry with these commands. */
  AppliedState entry(Command... commands) {
    List<Proposal> proposals = new ArrayList<>();
    for (Command command : commands) {
      millis += 1_000;
      proposals.add(Proposal.of(new Stamp("c1", "ops", millis), command));
    }
    return apply(proposals);
  }

  private AppliedState apply(List<Proposal> proposals) {
    for (Proposal proposal : proposals) {
      state = ClusterStateMachine.apply(state, new EntryId(index, TERM), proposal).state();
    }
    AppliedState applied = new AppliedState(state, index++, TERM);
    states.add(applied);
    return applied;
  }

  Migration migration() {
    return state.migrations().active().orElseThrow();
  }

  long term() {
    return TERM;
  }

  AppliedState newest() {
    return states.get(states.size() - 1);
  }

  List<AppliedState> states() {
    return List.copyOf(states);
  }
}
