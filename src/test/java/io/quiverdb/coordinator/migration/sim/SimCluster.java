// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.state.Applied;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A replicated log with terms, as its members see it: each applies it with a lag of its own, a
 * leader may be deposed without knowing, and what it had submitted then may still be taken over or
 * be gone. The state is that of the real state machine.
 */
final class SimCluster {
  /** What became of a submission. */
  sealed interface Result {
    /** Logged and applied. */
    record Logged(Outcome outcome) implements Result {}

    /** Nobody knows. */
    record Unknown() implements Result {}

    /** Surely not logged. */
    record NotLeader() implements Result {}
  }

  /** Hears of entries. */
  interface Listener {
    /** One was logged and applied; nobody was told yet. */
    void logged(SimNode author, Command command, Applied applied);
  }

  /** Looks at proposals before they go into the log. */
  interface Gate {
    /** Whether it is refused; the node may be dead afterwards. */
    boolean refuses(SimNode node, long term, Command command);
  }

  private static final class Pending {
    private final SimNode node;
    private final long term;
    private final Command command;
    private final Promise<Result> result;

    Pending(SimNode node, long term, Command command, Promise<Result> result) {
      this.node = node;
      this.term = term;
      this.command = command;
      this.result = result;
    }
  }

  private static final long READ_EVERY = 400_000_000;
  private static final long EPOCH_MILLIS = 1_700_000_000_000L;

  private final Sim sim;
  private final Chance chance;
  private final List<SimNode> nodes = new ArrayList<>();
  private final List<ClusterState> states = new ArrayList<>(List.of(ClusterState.INITIAL));
  private final List<Pending> pending = new ArrayList<>();
  private final long mapStaleness;
  private final long mostLag;
  private final BiConsumer<SimNode, Long> onReady;
  private Listener onEntry = (author, command, applied) -> {};
  private Gate gate = (node, asTerm, command) -> false;
  private long term;
  private long jumpedMillis;
  private SimNode leader;

  /**
   * A cluster without a leader.
   *
   * @param mostLag how long a follower takes at most to apply an entry, in ns
   * @param onReady called when a node is ready to lead in a term
   */
  SimCluster(
      Sim sim, int members, long mapStaleness, long mostLag, BiConsumer<SimNode, Long> onReady) {
    this.sim = sim;
    this.chance = sim.chance();
    this.mapStaleness = mapStaleness;
    this.mostLag = mostLag;
    this.onReady = onReady;
    for (int i = 1; i <= members; i++) {
      SimNode node = new SimNode(sim, "c" + i, chance.between(1, 1L << 50));
      nodes.add(node);
      readAgain(node, chance.between(0, READ_EVERY));
    }
  }

  void onEntry(Listener listener) {
    onEntry = listener;
  }

  void gate(Gate keeper) {
    gate = keeper;
  }

  List<SimNode> nodes() {
    return nodes;
  }

  SimNode node(String id) {
    return nodes.stream().filter(node -> node.id.equals(id)).findFirst().orElseThrow();
  }

  /** The leader by the log; it may not know, and others may believe that they lead. */
  Optional<SimNode> leader() {
    return Optional.ofNullable(leader);
  }

  long term() {
    return term;
  }

  /** The state after every entry. */
  ClusterState newest() {
    return states.get(states.size() - 1);
  }

  /** The state before the last entry. */
  ClusterState beforeLast() {
    return states.get(Math.max(0, states.size() - 2));
  }

  boolean majority() {
    return 2 * nodes.stream().filter(SimNode::reachable).count() > nodes.size();
  }

  /** A router polls a member, which answers at once or when its gate is gone; empty: not at all. */
  void poll(Consumer<Optional<ShardMap>> answer) {
    SimNode asked = chance.of(nodes);
    asked.poll(
        () ->
            answer.accept(
                asked.mayServe(mapStaleness) && asked.state().bootstrapped()
                    ? Optional.of(asked.state().map())
                    : Optional.empty()));
  }

  /** A node wins an election, in the next term. */
  void elect(SimNode winner) {
    if (!winner.reachable() || !majority()) {
      return;
    }
    SimNode deposed = leader;
    answerPending();
    long won = ++term;
    leader = winner;
    sim.trace(winner.id, "is elected in term", won);
    if (deposed != null && deposed != winner) {
      hearsOfIt(deposed);
    } else if (deposed == winner) {
      winner.stepDown();
    }
    sim.after(chance.between(1_000_000, 200_000_000), () -> ready(winner, won));
  }

  private void ready(SimNode winner, long won) {
    if (leader == winner && term == won && winner.up() && !winner.frozen()) {
      catchUp(winner);
      winner.lead(won);
      winner.confirmed(sim.now(), won);
      onReady.accept(winner, won);
    } else if (leader == winner && term == won && winner.up()) {
      sim.after(100_000_000, () -> ready(winner, won));
    }
  }

  /** A deposed leader learns it from others, or by itself when it has heard nobody for long. */
  private void hearsOfIt(SimNode deposed) {
    long wait = chance.between(1_000_000, deposed.reachable() ? 300_000_000L : 3_000_000_000L);
    long believed = deposed.leadsIn();
    sim.after(
        wait,
        () -> {
          if (deposed.frozen()) {
            hearsOfIt(deposed);
          } else if (deposed.leadsIn() == believed) {
            deposed.stepDown();
          }
        });
  }

  /** What the old leader had sent may have reached the new one. */
  private void answerPending() {
    for (Pending one : List.copyOf(pending)) {
      if (chance.oneIn(2)) {
        append(one);
      }
      one.result.keep(new Result.Unknown());
    }
    pending.clear();
  }

  /** Nobody leads for now: too few members can talk. */
  void noLeader() {
    if (leader != null) {
      SimNode deposed = leader;
      answerPending();
      leader = null;
      hearsOfIt(deposed);
    }
  }

  Promise<Result> submit(SimNode node, long asTerm, Command command) {
    Promise<Result> result = new Promise<>(sim);
    if (node.leadsIn() != asTerm) {
      result.keep(new Result.NotLeader());
      return result;
    }
    if (gate.refuses(node, asTerm, command)) {
      result.keep(
          new Result.Logged(
              new Outcome.Rejected(
                  Refusal.WRONG_PHASE, "not this time", newest().map().version())));
      return result;
    }
    if (!node.up()) {
      return result;
    }
    Pending one = new Pending(node, asTerm, command, result);
    pending.add(one);
    sim.after(chance.between(500_000, 20_000_000), () -> replicate(one));
    return result;
  }

  private void replicate(Pending one) {
    if (!pending.contains(one)) {
      return;
    }
    if (leader == one.node && term == one.term && one.node.reachable() && majority()) {
      pending.remove(one);
      Applied applied = append(one);
      int index = states.size() - 1;
      sim.after(
          chance.between(200_000, 3_000_000),
          () -> {
            one.node.apply(index, states.get(index));
            one.result.keep(new Result.Logged(applied.outcome()));
          });
    } else if (term != one.term) {
      pending.remove(one);
      one.result.keep(new Result.Unknown());
    } else {
      sim.after(100_000_000, () -> replicate(one));
    }
  }

  private Applied append(Pending one) {
    Stamp stamp = new Stamp(one.node.id, Stamp.SYSTEM, epochMillis());
    int index = states.size();
    Applied applied =
        ClusterStateMachine.apply(
            newest(), new EntryId(index, one.term), Proposal.of(stamp, one.command));
    states.add(applied.state());
    sim.trace("log", "entry", index, "term", one.term, one.command, "->", applied.outcome());
    onEntry.logged(one.node, one.command, applied);
    for (SimNode node : nodes) {
      applyLater(node, index);
    }
    return applied;
  }

  private void applyLater(SimNode node, int index) {
    sim.after(
        chance.between(0, mostLag),
        () -> {
          if (node.reachable()) {
            node.apply(index, states.get(index));
          }
        });
  }

  private void catchUp(SimNode node) {
    node.apply(states.size() - 1, newest());
  }

  /** Each member makes a linearizable read now and then; it succeeds once it has caught up. */
  private void readAgain(SimNode node, long in) {
    sim.after(
        in,
        () -> {
          readOnce(node);
          readAgain(node, chance.between(READ_EVERY / 2, READ_EVERY));
        });
  }

  private void readOnce(SimNode node) {
    if (!node.reachable() || leader == null || !leader.reachable() || !majority()) {
      return;
    }
    long sent = sim.now();
    long readTerm = term;
    int index = states.size() - 1;
    sim.after(
        chance.between(500_000, 30_000_000),
        () -> {
          if (node.reachable() && readTerm == term) {
            if (node.applied() >= index) {
              node.confirmed(sent, node.leadsIn() == readTerm ? readTerm : 0);
            } else {
              int newest = states.size() - 1;
              applyLater(node, newest);
            }
          }
        });
  }

  long epochMillis() {
    return EPOCH_MILLIS + jumpedMillis + sim.now() / 1_000_000;
  }

  /** Somebody sets the clocks of all members. */
  void jumpClocks(long millis) {
    jumpedMillis += millis;
    sim.trace("clocks", "jump by ms", millis);
  }
}
